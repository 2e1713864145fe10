package scale

import (
	"fmt"
	"time"
)

// table is a table with its rows, in the order of its key.
type table struct {
	name    string
	columns []string
	rows    func(yield func(...any) error) error
}

// start is when the made-up history begins.
var start = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// builder makes the rows of a plan. Identities of results are kept to be
// looked up when the current results are written, which are in another order.
type builder struct {
	plan
	at      func(time.Time) any
	bodies  [][]byte
	results []int64 // [content*perResult + position in its window]
}

func (b *builder) tables() []table {
	return []table{
		{"pacticipant", []string{"id", "name", "name_fold", "display_name", "main_branch", "created_at", "updated_at"}, b.pacticipants},
		{"environment", []string{"id", "uuid", "name", "display_name", "production", "created_at", "updated_at"}, b.environments},
		{"version", []string{"id", "pacticipant_id", "number", "created_at", "updated_at"}, b.versionRows},
		{"branch", []string{"id", "pacticipant_id", "name", "head_version_id", "head_seq", "first_version_at", "created_at", "updated_at"}, b.branches},
		{"branch_version", []string{"branch_id", "version_id", "seq", "created_at"}, b.memberships},
		{"tag", []string{"version_id", "name", "created_at"}, b.tags},
		{"tag_head", []string{"id", "pacticipant_id", "name", "version_id", "first_at"}, b.tagHeads},
		{"content", []string{"id", "consumer_id", "provider_id", "sha", "interactions", "created_at"}, b.contents},
		{"content_body", []string{"content_id", "body"}, b.contentBodies},
		{"publication", []string{"id", "version_id", "provider_id", "consumer_id", "revision", "content_id", "created_at"}, b.publications},
		{"pact_current", []string{"version_id", "provider_id", "consumer_id", "publication_id", "content_id", "created_at"}, b.currentPacts},
		{"integration", []string{"consumer_id", "provider_id", "latest_version_id", "touched_at", "created_at"}, b.integrations},
		{"head_pact", []string{"provider_id", "kind", "ref_id", "consumer_id", "publication_id", "content_id", "published_at"}, b.headPacts},
		{"verification", []string{"id", "content_id", "provider_version_id", "success", "executed_at", "created_at"}, b.verifications},
		{"verification_detail", []string{"verification_id", "test_results"}, b.details},
		{"verification_current", []string{"content_id", "provider_version_id", "verification_id", "success"}, b.currentResults},
		{"content_state", []string{"content_id", "latest_verification_id", "latest_main_verification_id", "any_success_at"}, b.states},
		{"content_scope_success", []string{"content_id", "scope", "ref_id", "wip", "first_created_at", "first_executed_at", "last_executed_at"}, b.scopes},
		{"deployed_version", []string{"id", "uuid", "version_id", "pacticipant_id", "environment_id", "created_at", "undeployed_at"}, b.deployments},
		{"released_version", []string{"id", "uuid", "version_id", "pacticipant_id", "environment_id", "created_at", "updated_at", "ended_at"}, b.releases},
		{"deployed_current", []string{"pacticipant_id", "environment_id", "instance", "version_id", "deployed_version_id"}, b.deployed},
		{"webhook", []string{"id", "uuid", "enabled", "method", "url", "created_at", "updated_at"}, b.webhooks},
		{"webhook_event", []string{"webhook_id", "name", "position"}, b.webhookEvents},
		{"triggered_webhook", []string{"id", "uuid", "webhook_id", "webhook_uuid", "event", "context", "consumer_id", "provider_id", "publication_id", "status", "attempts", "created_at", "updated_at"}, b.firings},
		{"webhook_attempt", []string{"id", "triggered_id", "success", "logs", "created_at"}, b.attempts},
		{"gate_answer", []string{"id", "pacticipant", "version", "target", "verdict", "question", "question_key", "answer", "answer_key", "times", "first_at", "last_at"}, b.answers},
	}
}

// forApps calls fn for each application.
func (b *builder) forApps(fn func(app int) error) error {
	for app := range b.apps {
		if err := fn(app); err != nil {
			return err
		}
	}
	return nil
}

// forVersions calls fn for each version in the order of identities.
func (b *builder) forVersions(fn func(version, app int) error) error {
	for version := range b.versions {
		for app := range b.apps {
			if err := fn(version, app); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) pacticipants(yield func(...any) error) error {
	return b.forApps(func(app int) error {
		at := b.at(start)
		return yield(app+1, appName(app), appName(app), appName(app), Branch, at, at)
	})
}

func (b *builder) environments(yield func(...any) error) error {
	at := b.at(start)
	if err := yield(1, "00000000-0000-4000-8000-000000000001", Environment, "Production", true, at, at); err != nil {
		return err
	}
	return yield(2, "00000000-0000-4000-8000-000000000002", "store", "Store", true, at, at)
}

func (b *builder) versionRows(yield func(...any) error) error {
	return b.forVersions(func(version, app int) error {
		at := b.at(b.seen(version))
		return yield(b.versionID(app, version), app+1, fmt.Sprintf("1.%d.0", version), at, at)
	})
}

// featureID is the identity of a feature branch; main branches come first.
func (b *builder) featureID(app, version int) int64 {
	return int64(b.apps) + b.versionID(app, version)
}

func (b *builder) branches(yield func(...any) error) error {
	err := b.forApps(func(app int) error {
		at, last := b.at(start), b.at(b.seen(b.head()))
		return yield(app+1, app+1, Branch, b.versionID(app, b.head()), b.versions, at, at, last)
	})
	if err != nil {
		return err
	}
	return b.forVersions(func(version, app int) error {
		if !b.feature(version) {
			return nil
		}
		at := b.at(b.seen(version))
		return yield(b.featureID(app, version), app+1, fmt.Sprintf("feature-%d", version), b.versionID(app, version), 1, at, at, at)
	})
}

func (b *builder) memberships(yield func(...any) error) error {
	err := b.forApps(func(app int) error {
		for version := range b.versions {
			if b.feature(version) {
				continue
			}
			if err := yield(app+1, b.versionID(app, version), version+1, b.at(b.seen(version))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.forVersions(func(version, app int) error {
		if !b.feature(version) {
			return nil
		}
		return yield(b.featureID(app, version), b.versionID(app, version), 1, b.at(b.seen(version)))
	})
}

func (b *builder) tags(yield func(...any) error) error {
	return b.forVersions(func(version, app int) error {
		if !b.tagged(version) {
			return nil
		}
		return yield(b.versionID(app, version), "prod", b.at(b.seen(version)))
	})
}

func (b *builder) tagHeads(yield func(...any) error) error {
	return b.forApps(func(app int) error {
		return yield(app+1, app+1, "prod", b.versionID(app, b.lastTagged()), b.at(start))
	})
}

// deployments are of every version with the tag, to production: each replaced the
// one before it.
func (b *builder) deployments(yield func(...any) error) error {
	id := 0
	row := func(version, app int, until any) error {
		id++
		return yield(id, fmt.Sprintf("00000000-0000-4000-9000-%012d", id), b.versionID(app, version), app+1, 1, b.at(b.seen(version)), until)
	}
	if err := b.forApps(func(app int) error { return row(b.head(), app, nil) }); err != nil {
		return err
	}
	return b.forVersions(func(version, app int) error {
		if !b.tagged(version) || version == b.head() {
			return nil
		}
		return row(version, app, b.at(b.seen(min((version/b.tagEvery+1)*b.tagEvery, b.head()))))
	})
}

func (b *builder) deployed(yield func(...any) error) error {
	return b.forApps(func(app int) error {
		return yield(app+1, 1, "", b.versionID(app, b.head()), app+1)
	})
}

// releases are of every fifth version; all but the newest are no longer
// supported.
func (b *builder) releases(yield func(...any) error) error {
	id := 0
	return b.forVersions(func(version, app int) error {
		if (b.head()-version)%5 != 0 {
			return nil
		}
		id++
		var ended any
		if version != b.head() {
			ended = b.at(b.seen(version + 1))
		}
		at := b.at(b.seen(version))
		return yield(id, fmt.Sprintf("00000000-0000-4000-a000-%012d", id), b.versionID(app, version), app+1, 2, at, at, ended)
	})
}
