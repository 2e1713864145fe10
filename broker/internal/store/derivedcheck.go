package store

import (
	"context"
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// derivation is a derived table, as it is and as history says it should be.
type derivation struct {
	name, stored, due string
}

// Check compares each derived table with the history that it sums up, and
// returns a line for each that differs. It reads everything and is meant for
// tests and for looking at a restored database.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	var problems []string
	err := s.View(ctx, func(view kernel.Tx) error {
		t, ok := view.(*tx)
		if !ok {
			return fmt.Errorf("a transaction of another store: %T", view)
		}
		problems = nil
		for _, d := range t.derivations() {
			for _, side := range []struct{ what, a, b string }{{"wrong", d.stored, d.due}, {"missing", d.due, d.stored}} {
				var n int64
				if err := t.row(`SELECT COUNT(*) FROM (`+side.a+` EXCEPT `+side.b+`) x`, nil, &n); err != nil {
					return fmt.Errorf("check %s: %w", d.name, err)
				}
				if n > 0 {
					problems = append(problems, fmt.Sprintf("%s: %d %s", d.name, n, side.what))
				}
			}
		}
		return nil
	})
	return problems, err
}

func (t *tx) derivations() []derivation {
	return append(t.publicationDerivations(), t.resultDerivations()...)
}

func (t *tx) publicationDerivations() []derivation {
	key := t.ordKey
	return []derivation{
		{"branch heads are members",
			`SELECT id, head_version_id FROM branch WHERE head_version_id IS NOT NULL`,
			`SELECT branch_id, version_id FROM branch_version WHERE version_id = (SELECT head_version_id FROM branch b WHERE b.id = branch_id)`},
		{"branches with versions have a head",
			`SELECT id FROM branch WHERE head_version_id IS NOT NULL`,
			`SELECT DISTINCT branch_id FROM branch_version`},
		{"tag heads",
			`SELECT h.pacticipant_id, h.name, ` + key("v") + ` FROM tag_head h JOIN version v ON v.id = h.version_id`,
			`SELECT v.pacticipant_id, g.name, MAX(` + key("v") + `) FROM tag g JOIN version v ON v.id = g.version_id GROUP BY v.pacticipant_id, g.name`},
		{"current pacts",
			`SELECT version_id, provider_id, consumer_id, publication_id, content_id, created_at FROM pact_current`,
			`SELECT version_id, provider_id, consumer_id, id, content_id, created_at FROM publication x
				WHERE revision = (SELECT MAX(revision) FROM publication y WHERE y.version_id = x.version_id AND y.provider_id = x.provider_id)`},
		{"pacts of branch heads",
			`SELECT provider_id, ref_id, consumer_id, publication_id, content_id, published_at FROM head_pact WHERE kind = 1`,
			`SELECT provider_id, b.id, consumer_id, publication_id, content_id, pc.created_at FROM branch b JOIN pact_current pc ON pc.version_id = b.head_version_id`},
		{"pacts of tag heads",
			`SELECT provider_id, ref_id, consumer_id, publication_id, content_id, published_at FROM head_pact WHERE kind = 2`,
			`SELECT provider_id, h.id, consumer_id, publication_id, content_id, pc.created_at FROM tag_head h JOIN pact_current pc ON pc.version_id = h.version_id`},
		{"latest versions of integrations",
			`SELECT i.consumer_id, i.provider_id, ` + key("v") + ` FROM integration i JOIN version v ON v.id = i.latest_version_id`,
			`SELECT pc.consumer_id, pc.provider_id, MAX(` + key("v") + `) FROM pact_current pc JOIN version v ON v.id = pc.version_id GROUP BY pc.consumer_id, pc.provider_id`},
		{"what is deployed",
			`SELECT pacticipant_id, environment_id, instance, rollout, version_id, deployed_version_id FROM deployed_current`,
			`SELECT d.pacticipant_id, d.environment_id, COALESCE(r.mark, '') || d.instance, COALESCE(r.uuid, ''), d.version_id, d.id FROM deployed_version d
				LEFT JOIN (SELECT deployed_version_id, uuid, '` + candidatePlace("") + `' AS mark FROM rollout WHERE running) r ON r.deployed_version_id = d.id
				WHERE d.undeployed_at IS NULL`},
		{"candidates of rollouts",
			`SELECT uuid, pacticipant_id, environment_id, instance FROM rollout WHERE running AND state = 'running'`,
			`SELECT rollout, pacticipant_id, environment_id, instance FROM deployed_version WHERE undeployed_at IS NULL AND rollout <> '' AND promoted_at IS NULL`},
	}
}

func (t *tx) resultDerivations() []derivation {
	return []derivation{
		{"current results",
			`SELECT content_id, provider_version_id, verification_id, success FROM verification_current`,
			`SELECT content_id, provider_version_id, id, success FROM verification v
				WHERE id = (SELECT MAX(id) FROM verification w WHERE w.content_id = v.content_id AND w.provider_version_id = v.provider_version_id)`},
		{"newest results",
			`SELECT content_id, latest_verification_id, any_success_at IS NOT NULL FROM content_state`,
			`SELECT content_id, MAX(id), MAX(CASE WHEN success THEN 1 ELSE 0 END) = 1 FROM verification GROUP BY content_id`},
		{"newest results of main branches",
			`SELECT content_id, latest_main_verification_id FROM content_state WHERE latest_main_verification_id IS NOT NULL`,
			`SELECT v.content_id, MAX(v.id) FROM verification v JOIN branch_version bv ON bv.version_id = v.provider_version_id
				JOIN branch b ON b.id = bv.branch_id JOIN pacticipant p ON p.id = b.pacticipant_id AND p.main_branch = b.name GROUP BY v.content_id`},
		{"successes by branch",
			`SELECT content_id, ref_id, wip, first_created_at, first_executed_at, last_executed_at FROM content_scope_success WHERE scope = 1`,
			`SELECT v.content_id, bv.branch_id, v.wip, MIN(v.created_at), MIN(v.executed_at), MAX(v.executed_at) FROM verification v
				JOIN branch_version bv ON bv.version_id = v.provider_version_id WHERE v.success GROUP BY v.content_id, bv.branch_id, v.wip`},
		{"successes by tag",
			`SELECT content_id, ref_id, wip, first_created_at, first_executed_at, last_executed_at FROM content_scope_success WHERE scope = 2`,
			`SELECT v.content_id, h.id, v.wip, MIN(v.created_at), MIN(v.executed_at), MAX(v.executed_at) FROM verification v
				JOIN version p ON p.id = v.provider_version_id JOIN tag g ON g.version_id = p.id
				JOIN tag_head h ON h.pacticipant_id = p.pacticipant_id AND h.name = g.name WHERE v.success GROUP BY v.content_id, h.id, v.wip`},
	}
}
