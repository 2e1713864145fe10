package store

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// namedPact is a query for a pact by names, as far as its statement depends on it.
type namedPact struct {
	columns                        string
	version, tag, branch, untagged bool
}

// byName is the identity of the pacticipant named in a parameter, as FindPacticipant
// finds it.
func (t *tx) byName(n int) string {
	if t.store.options.IgnoreNameCase {
		return fmt.Sprintf(`(SELECT n.id FROM pacticipant n WHERE n.name_fold = $%d ORDER BY n.id LIMIT 1)`, n)
	}
	return fmt.Sprintf(`(SELECT n.id FROM pacticipant n WHERE n.name = $%d)`, n)
}

func (t *tx) nameArg(name string) string {
	if t.store.options.IgnoreNameCase {
		return fold(name)
	}
	return name
}

// namedPactQuery reads columns of the current pact pc, of the version v, that q
// names: the latest if they are many.
func (t *tx) namedPactQuery(columns, joins string, q kernel.PactQuery) (string, []any) {
	filter := kernel.PublicationFilter{Tag: q.Tag, Branch: q.Branch, Untagged: q.Untagged}
	args := []any{t.nameArg(q.Consumer), t.nameArg(q.Provider)}
	if q.Version != "" {
		args = append(args, q.Version)
	} else {
		args = t.conditions(filter, t.byName(1), args...).args
	}
	shape := namedPact{columns: columns, version: q.Version != "", tag: q.Tag != "", branch: q.Branch != "", untagged: q.Untagged}
	return t.text(shape, func() string {
		c := t.conditions(filter, t.byName(1), args[:2]...)
		if q.Version != "" {
			c.and = ` AND pc.version_id = (SELECT o.id FROM version o WHERE o.pacticipant_id = ` + t.byName(1) + ` AND o.number = $3)`
		}
		return `SELECT ` + columns + ` FROM pact_current pc ` + joins +
			`WHERE pc.consumer_id = ` + t.byName(1) + ` AND pc.provider_id = ` + t.byName(2) + c.and + t.latestFirst("v", "pc.version_id") + `LIMIT 1`
	}), args
}

// FindNamedPublication implements kernel.Pacts.
func (t *tx) FindNamedPublication(q kernel.PactQuery) (kernel.PactPublication, error) {
	if known, ok := t.ahead[nameOf(q)].(kernel.PactPublication); ok {
		return known, nil
	}
	query, args := t.namedPactQuery(publicationColumns, `JOIN publication x ON x.id = pc.publication_id`+publicationJoins, q)
	return one(t, t.scanPublication, query, args...)
}

// pactName is what names a pact.
type pactName struct {
	consumer, provider, version, tag, branch string
	untagged                                 bool
}

func nameOf(q kernel.PactQuery) pactName {
	return pactName{q.Consumer, q.Provider, q.Version, q.Tag, q.Branch, q.Untagged}
}

// ForeseePact implements kernel.Pacts.
func (t *tx) ForeseePact(q kernel.PactQuery) error {
	if !t.ways() || q.SHA != "" {
		return nil
	}
	var found kernel.PactPublication
	versions := ""
	if t.store.options.OrderBySemver {
		versions = `JOIN version v ON v.id = pc.version_id `
	}
	part := func(column string) source {
		query, args := t.namedPactQuery(column, versions, q)
		from := newSource(query, args...)
		from.atMostOne = true
		return from
	}
	version, content, publication := part("pc.version_id"), part("pc.content_id"), part("pc.publication_id")
	err := t.Together(func() (err error) {
		found, err = t.FindNamedPublication(q)
		return err
	}, branchesOfVersions.ahead(t, version), tagsOfVersions.ahead(t, version), t.newestTagged().ahead(t, publication),
		livePlaces.ahead(t, version), environmentsByID.ahead(t, t.environmentsWhereLive(version)),
		latestVerifications.ahead(t, content), t.newestWith().ahead(t, content), bodiesOfContents.ahead(t, content))
	if err != nil {
		return kernel.IgnoreNotFound(err)
	}
	version.found(found.ConsumerVersion.ID)
	content.found(found.ContentID)
	publication.found(found.ID)
	t.foresaw(nameOf(q), found)
	return nil
}

// FindNamedContent implements kernel.Pacts.
func (t *tx) FindNamedContent(consumer, provider, sha string) (kernel.Content, error) {
	return one(t, scanContent, `SELECT id, consumer_id, provider_id, sha, interactions, messages, created_at FROM content
		WHERE consumer_id = `+t.byName(1)+` AND provider_id = `+t.byName(2)+` AND sha = $3`, t.nameArg(consumer), t.nameArg(provider), sha)
}
