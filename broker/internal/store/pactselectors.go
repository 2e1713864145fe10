package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// placeColumns are the environment of a selected pact, or nothing of one.
const (
	placeColumns   = `e.id, e.uuid, e.name, e.display_name, e.production`
	noPlaceColumns = `0, '', '', '', FALSE`
)

// selection writes a statement for selected pacts. Its source is a FROM clause
// that knows the publication's id.
type selection struct {
	t    *tx
	args []any
	// kind, name, place: what to say of each pact.
	kind  kernel.ScopeKind
	name  string
	place string
}

func (t *tx) newSelection(kind kernel.ScopeKind, name string) *selection {
	return &selection{t: t, kind: kind, name: name, place: noPlaceColumns}
}

// arg adds an argument and returns its placeholder.
func (s *selection) arg(value any) string {
	s.args = append(s.args, value)
	return fmt.Sprintf("$%d", len(s.args))
}

// consumers returns the condition that restricts to consumers.
func (s *selection) consumers(column string, ids []int64) string {
	if ids == nil {
		return ""
	}
	s.arg(s.t.ids(ids))
	return ` AND ` + column + ` ` + s.t.in(len(s.args))
}

// environment returns the condition that restricts to an environment.
func (s *selection) environment(column, name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(` AND %s = (SELECT id FROM environment WHERE name = %s)`, column, s.arg(name))
}

// pactSource says where a selected pact's own columns come from.
type pactSource struct {
	from                                               string
	publication, version, content, consumer, createdAt string
}

// query reads identities; names are known, or looked up once for all.
func (s *selection) query(source pactSource, where string) string {
	return fmt.Sprintf(`SELECT %s, %s, %s, %s, %s, ct.sha, %d, %s, %s
		FROM %s JOIN content ct ON ct.id = %s WHERE %s`,
		source.publication, source.version, source.content, source.consumer, source.createdAt,
		s.kind, s.name, s.place, source.from, source.content, where)
}

func (s *selection) list(source pactSource, where string) ([]kernel.SelectedPact, error) {
	return s.t.selectedPacts(s.query(source, where), s.args)
}

func (t *tx) selectedPacts(query string, args []any) ([]kernel.SelectedPact, error) {
	rows, err := all(t, scanSelectedPact, query, args...)
	if err != nil {
		return nil, err
	}
	parties, versions := make([]int64, len(rows), len(rows)+1), make([]int64, len(rows))
	for i, r := range rows {
		parties[i], versions[i] = r.Consumer.ID, r.ConsumerVersion.ID
	}
	if provider, ok := args[0].(int64); ok {
		parties = append(parties, provider)
	}
	if err := t.learnBoth(parties, versions); err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		v := t.known.versions[versions[i]]
		r.Consumer.Name = t.known.parties[r.Consumer.ID].Name
		r.ConsumerVersion = kernel.Version{ID: v.ID, Pacticipant: r.Consumer, Number: v.Number, Order: v.Order, CreatedAt: v.CreatedAt}
		provider := t.known.parties[parties[len(parties)-1]]
		r.Provider = kernel.Party{ID: provider.ID, Name: provider.Name}
	}
	return rows, nil
}

func scanSelectedPact(row engine.Row) (kernel.SelectedPact, error) {
	var p kernel.SelectedPact
	var e kernel.Environment
	err := row.Scan(&p.ID, &p.ConsumerVersion.ID, &p.ContentID, &p.Consumer.ID, stamp{&p.CreatedAt}, &p.SHA, &p.Kind, &p.Name,
		&e.ID, &e.UUID, &e.Name, &e.DisplayName, &e.Production)
	if e.ID != 0 {
		p.Place = &e
	}
	return p, err
}

// The sources of selected pacts: a current pact pc, and the pact hp of a head.
func currentPact(from string) pactSource {
	return pactSource{from, "pc.publication_id", "pc.version_id", "pc.content_id", "pc.consumer_id", "pc.created_at"}
}

func headPact(from, version string) pactSource {
	return pactSource{from, "hp.publication_id", version, "hp.content_id", "hp.consumer_id", "hp.published_at"}
}

// ListBranchPacts implements kernel.SelectorReader. Heads of one branch are
// looked up consumer by consumer: their number does not grow with history.
func (t *tx) ListBranchPacts(q kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	s := t.newSelection(kernel.ScopeBranch, "b.name")
	provider := s.arg(q.ProviderID)
	heads := `JOIN head_pact hp ON hp.provider_id = i.provider_id AND hp.kind = 1 AND hp.ref_id = b.id`
	where := `i.provider_id = ` + provider + s.consumers("i.consumer_id", q.Consumers)
	switch {
	case q.MainBranch:
		return s.list(headPact(`integration i JOIN pacticipant m ON `+t.lookedUp("m.id", "i.consumer_id")+`
			JOIN branch b ON b.pacticipant_id = m.id AND b.name = m.main_branch `+heads, "b.head_version_id"),
			where+` AND m.main_branch <> ''`)
	case q.Name != "":
		return s.list(headPact(`integration i JOIN branch b ON b.pacticipant_id = i.consumer_id AND b.name = `+s.arg(q.Name)+` `+heads,
			"b.head_version_id"), where)
	default:
		s = t.newSelection(kernel.ScopeBranch, "b.name")
		where = `hp.provider_id = ` + s.arg(q.ProviderID) + ` AND hp.kind = 1` + s.consumers("hp.consumer_id", q.Consumers)
		return s.list(headPact(`head_pact hp JOIN branch b ON b.id = hp.ref_id`, "b.head_version_id"), where)
	}
}

// ListTagPacts implements kernel.SelectorReader. The newest version with the
// tag may have no pact with the provider: older ones do not stand in for it.
func (t *tx) ListTagPacts(q kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	s := t.newSelection(kernel.ScopeTag, "t.name")
	provider := s.arg(q.ProviderID)
	if q.MainBranch {
		where := `i.provider_id = ` + provider + ` AND m.main_branch <> ''` + s.consumers("i.consumer_id", q.Consumers)
		return s.list(currentPact(`integration i JOIN pacticipant m ON `+t.lookedUp("m.id", "i.consumer_id")+`
			JOIN tag_head t ON t.pacticipant_id = m.id AND t.name = m.main_branch
			JOIN pact_current pc ON pc.version_id = t.version_id AND pc.provider_id = i.provider_id`), where)
	}
	name := s.arg(q.Name)
	if q.All {
		where := `t.name = ` + name + ` AND pc.provider_id = ` + provider + s.consumers("pc.consumer_id", q.Consumers)
		return s.list(currentPact(`tag t JOIN pact_current pc ON pc.version_id = t.version_id`), where)
	}
	where := `i.provider_id = ` + provider + s.consumers("i.consumer_id", q.Consumers)
	return s.list(currentPact(`integration i JOIN tag_head t ON t.pacticipant_id = i.consumer_id AND t.name = `+name+`
		JOIN pact_current pc ON pc.version_id = t.version_id AND pc.provider_id = i.provider_id`), where)
}

// ListLatestPacts implements kernel.SelectorReader.
func (t *tx) ListLatestPacts(q kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	s := t.newSelection(kernel.ScopeNone, "''")
	where := `i.provider_id = ` + s.arg(q.ProviderID) + s.consumers("i.consumer_id", q.Consumers)
	return s.list(currentPact(`integration i JOIN pact_current pc ON pc.version_id = i.latest_version_id AND pc.provider_id = i.provider_id`), where)
}

// ListDeployedPacts implements kernel.SelectorReader.
func (t *tx) ListDeployedPacts(q kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	return t.listLivePacts(q, `deployed_current l ON l.pacticipant_id = i.consumer_id`, ``)
}

// ListReleasedPacts implements kernel.SelectorReader.
func (t *tx) ListReleasedPacts(q kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	return t.listLivePacts(q, `released_version l ON l.pacticipant_id = i.consumer_id`, ` AND l.ended_at IS NULL`)
}

func (t *tx) listLivePacts(q kernel.SelectedPactQuery, live, alive string) ([]kernel.SelectedPact, error) {
	s := t.newSelection(kernel.ScopeNone, "''")
	s.place = placeColumns
	where := `i.provider_id = ` + s.arg(q.ProviderID) + alive + s.consumers("i.consumer_id", q.Consumers) + s.environment("l.environment_id", q.Environment)
	return s.list(currentPact(`integration i `+t.outerFirst()+` `+live+` `+t.outerFirst()+` environment e ON e.id = l.environment_id
		JOIN pact_current pc ON pc.version_id = l.version_id AND pc.provider_id = i.provider_id`), where)
}

// ListConsumersOf implements kernel.SelectorReader.
func (t *tx) ListConsumersOf(providerID int64) ([]kernel.Consumer, error) {
	return all(t, func(row engine.Row) (kernel.Consumer, error) {
		var c kernel.Consumer
		return c, row.Scan(&c.ID, &c.Name, &c.MainBranch, &c.HasMainVersion, &c.HasMainTag)
	}, `SELECT c.id, c.name, c.main_branch,
			EXISTS (SELECT 1 FROM branch b WHERE b.pacticipant_id = c.id AND b.name = c.main_branch AND b.head_version_id IS NOT NULL AND c.main_branch <> ''),
			EXISTS (SELECT 1 FROM tag_head g WHERE g.pacticipant_id = c.id AND g.name = c.main_branch AND c.main_branch <> '')
		FROM integration i JOIN pacticipant c ON c.id = i.consumer_id
		WHERE i.provider_id = $1 ORDER BY c.name`, providerID)
}

// ListHeadPacts implements kernel.SelectorReader.
func (t *tx) ListHeadPacts(providerID int64, since time.Time) ([]kernel.SelectedPact, error) {
	s := t.newSelection(0, "COALESCE(b.name, h.name)")
	query := s.query(headPact(`head_pact hp LEFT JOIN branch b ON hp.kind = 1 AND b.id = hp.ref_id
		LEFT JOIN tag_head h ON hp.kind = 2 AND h.id = hp.ref_id`, "COALESCE(b.head_version_id, h.version_id)"),
		`hp.provider_id = `+s.arg(providerID)+` AND hp.published_at > `+s.arg(t.at(since)))
	query = strings.Replace(query, "ct.sha, 0,", "ct.sha, hp.kind,", 1)
	return t.selectedPacts(query, s.args)
}

// ListUnprovenTimes implements kernel.SelectorReader.
func (t *tx) ListUnprovenTimes(providerID int64, since time.Time) ([]time.Time, error) {
	return all(t, func(row engine.Row) (time.Time, error) {
		var at time.Time
		return at, row.Scan(stamp{&at})
	}, `SELECT pc.created_at FROM pact_current pc LEFT JOIN content_state s ON s.content_id = pc.content_id
		WHERE pc.provider_id = $1 AND pc.created_at > $2 AND s.any_success_at IS NULL ORDER BY pc.created_at DESC`, providerID, t.at(since))
}

// FindScope implements kernel.SelectorReader.
func (t *tx) FindScope(pacticipantID int64, kind kernel.ScopeKind, name string) (kernel.Scope, error) {
	query := `SELECT id, COALESCE(head_version_id, 0), created_at, first_version_at FROM branch WHERE pacticipant_id = $1 AND name = $2`
	if kind == kernel.ScopeTag {
		query = `SELECT id, version_id, first_at, first_at FROM tag_head WHERE pacticipant_id = $1 AND name = $2`
	}
	scope := kernel.Scope{Kind: kind, Name: name}
	err := t.row(query, []any{pacticipantID, name}, &scope.ID, &scope.HeadVersionID, stamp{&scope.CreatedAt}, stamp{&scope.FirstVersionAt})
	if errors.Is(err, sql.ErrNoRows) {
		return kernel.Scope{Kind: kind, Name: name}, nil
	}
	return scope, err
}
