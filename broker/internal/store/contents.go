package store

import (
	"database/sql"
	"errors"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func scanContent(row engine.Row) (c kernel.Content, err error) {
	err = row.Scan(&c.ID, &c.ConsumerID, &c.ProviderID, &c.SHA, &c.Interactions, &c.Messages, stamp{&c.CreatedAt})
	return c, err
}

func (t *tx) FindContent(consumerID, providerID int64, sha string) (kernel.Content, error) {
	t.spare(anyAddition)
	t.recall()
	return one(t, scanContent, findContent, consumerID, providerID, sha)
}

const findContent = `SELECT id, consumer_id, provider_id, sha, interactions, messages, created_at
	FROM content WHERE consumer_id = CAST($1 AS BIGINT) AND provider_id = CAST($2 AS BIGINT) AND sha = $3`

func (t *tx) EnsureContent(c kernel.Content) (int64, bool, error) {
	if id, isNew, done, err := t.ensureForeseenContent(c); done {
		return id, isNew, err
	}
	found, err := t.FindContent(c.ConsumerID, c.ProviderID, c.SHA)
	if !kernel.IsNotFound(err) {
		return found.ID, false, err
	}
	id, err := t.insertContent(c)
	if err != nil || id != 0 {
		return id, true, err
	}
	found, err = t.FindContent(c.ConsumerID, c.ProviderID, c.SHA)
	if kernel.IsNotFound(err) {
		err = goneSince(kernel.RowContent)
	}
	return found.ID, false, err
}

// placedContent is the identity of a content, or the one that it is to get.
type placedContent struct {
	id    int64
	isNew bool
}

// placeContent finds a content, or takes an identity for it.
const placeContent = `SELECT COALESCE(k.id, nextval('content_id_seq')), k.id IS NULL FROM (SELECT 1) one
	LEFT JOIN content k ON k.consumer_id = $1 AND k.provider_id = $2 AND k.sha = $3`

// ensureForeseenContent is EnsureContent for who has foreseen it: nobody waits for
// the row of a content that is new.
func (t *tx) ensureForeseenContent(c kernel.Content) (id int64, isNew, done bool, err error) {
	key := []any{c.ConsumerID, c.ProviderID, c.SHA}
	if !t.foresees() || t.asking == nil && !t.knows(placeContent, key...) {
		return 0, false, false, nil
	}
	t.spare(anyAddition)
	t.recall()
	placed, err := one(t, func(row engine.Row) (p placedContent, err error) { return p, row.Scan(&p.id, &p.isNew) }, placeContent, key...)
	switch {
	case err != nil, !placed.isNew:
		return placed.id, false, true, err
	case t.asking != nil:
		return 0, false, true, errAhead
	}
	t.forget(placeContent, key...)
	t.forget(findContent, key...)
	t.guessed = true
	t.contents = append(t.contents, placed.id)
	return placed.id, true, true, t.exempt(newContent, func() error {
		return t.later(`WITH added AS (INSERT INTO content (id, consumer_id, provider_id, sha, interactions, messages, created_at)
			VALUES ($8, $1, $2, $3, $4, $5, $6) RETURNING id) INSERT INTO content_body (content_id, body) SELECT id, $7 FROM added`,
			append(key, c.Interactions, c.Messages, t.at(c.CreatedAt), c.Packed, placed.id)...)
	})
}

// insertContent stores a content with its body. It returns 0 if somebody else
// has just done so.
func (t *tx) insertContent(c kernel.Content) (id int64, err error) {
	const (
		add = `INSERT INTO content (consumer_id, provider_id, sha, interactions, messages, created_at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
		body = `INSERT INTO content_body (content_id, body) `
	)
	args := []any{c.ConsumerID, c.ProviderID, c.SHA, c.Interactions, c.Messages, t.at(c.CreatedAt)}
	if t.postgres() { // one way to the server instead of two
		err := t.row(`WITH added AS (`+add+` RETURNING id) `+body+`SELECT id, $7 FROM added RETURNING content_id`, append(args, c.Packed), &id)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, nil
		}
		return id, err
	}
	if id, err = t.insert(add, args...); err != nil || id == 0 {
		return 0, err
	}
	_, err = t.exec(body+`VALUES ($1, $2)`, id, c.Packed)
	return id, err
}

func (t *tx) Body(contentID int64) ([]byte, error) {
	found, err := bodiesOfContents.find(t, []int64{contentID})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && !t.reading && t.postgres() {
		return nil, goneSince(kernel.RowContent) // no content is without
	}
	if len(found) == 0 {
		return nil, notFound()
	}
	return kernel.UnpackBody(found[0].packed)
}

// contentBody is the document of a content as it is stored.
type contentBody struct {
	content int64
	packed  []byte
}

var bodiesOfContents = &lookup[contentBody]{
	query: `SELECT content_id, body FROM content_body WHERE content_id {ids}`,
	scan: func(_ *tx, row engine.Row) (b contentBody, err error) {
		return b, row.Scan(&b.content, &b.packed)
	},
	of: func(b contentBody) int64 { return b.content },
}
