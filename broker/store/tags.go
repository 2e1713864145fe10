package store

import (
	"time"

	"github.com/treatyhq/treaty/broker"
)

func (t *tx) AddTag(v broker.Version, name string, at time.Time) (broker.Tag, bool, error) {
	if err := t.lockVersion(v.ID); err != nil {
		return broker.Tag{}, false, err
	}
	added, err := t.exec(`INSERT INTO tag (version_id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, v.ID, name, t.at(at))
	if err != nil {
		return broker.Tag{}, false, err
	}
	if added == 0 {
		tag, err := t.FindTag(v.ID, name)
		return tag, false, err
	}
	ref, moved, err := t.moveTagHead(v, name, at)
	if err != nil {
		return broker.Tag{}, false, err
	}
	tag := broker.Tag{Name: name, Pacticipant: v.Pacticipant.Name, Version: v.Number, Latest: moved, CreatedAt: at}
	if moved {
		if err := t.rebuildHead(byTag, ref, v.ID); err != nil {
			return tag, true, err
		}
	}
	if f := t.freshly(v.ID); f != nil && moved && !f.held {
		f.tags = append(f.tags, ref)
		return tag, true, nil
	}
	t.forget()
	return tag, true, t.noteSuccesses(byTag, ref, v.ID)
}

// moveTagHead makes v the head of the tag if it is later than the present one.
// It returns the head's id and whether v is it.
func (t *tx) moveTagHead(v broker.Version, name string, at time.Time) (id int64, moved bool, err error) {
	var head int64
	err = t.row(`INSERT INTO tag_head (pacticipant_id, name, version_id, first_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (pacticipant_id, name) DO UPDATE SET version_id = CASE
			WHEN (SELECT `+t.ordKey("x")+` FROM version x WHERE x.id = excluded.version_id)
			   > (SELECT `+t.ordKey("y")+` FROM version y WHERE y.id = tag_head.version_id)
			THEN excluded.version_id ELSE tag_head.version_id END
		RETURNING id, version_id`, []any{v.Pacticipant.ID, name, v.ID, t.at(at)}, &id, &head)
	return id, head == v.ID, err
}

const selectTag = `SELECT t.name, p.name, v.number, COALESCE(h.version_id, 0) = v.id, t.created_at, v.id
	FROM tag t JOIN version v ON v.id = t.version_id JOIN pacticipant p ON p.id = v.pacticipant_id
	LEFT JOIN tag_head h ON h.pacticipant_id = v.pacticipant_id AND h.name = t.name `

type tagRow struct {
	broker.Tag
	versionID int64
}

func scanTag(row scanner) (r tagRow, err error) {
	err = row.Scan(&r.Name, &r.Pacticipant, &r.Version, &r.Latest, stamp{&r.CreatedAt}, &r.versionID)
	return r, err
}

func (t *tx) FindTag(versionID int64, name string) (broker.Tag, error) {
	r, err := one(t, scanTag, selectTag+`WHERE t.version_id = $1 AND t.name = $2`, versionID, name)
	return r.Tag, err
}

func (t *tx) TagsOf(versionIDs []int64) (map[int64][]broker.Tag, error) {
	found, err := all(t, scanTag, selectTag+`WHERE t.version_id `+t.in(1)+` ORDER BY t.version_id, t.created_at, t.name`, t.ids(versionIDs))
	out := make(map[int64][]broker.Tag, len(versionIDs))
	for _, r := range found {
		out[r.versionID] = append(out[r.versionID], r.Tag)
	}
	return out, err
}

func (t *tx) FindTagHead(pacticipantID int64, name string) (broker.Version, error) {
	return one(t, t.scanVersion, selectVersion+`JOIN tag_head h ON h.version_id = v.id
		WHERE h.pacticipant_id = $1 AND h.name = $2`, pacticipantID, name)
}

func (t *tx) RemoveTag(v broker.Version, name string) error {
	if err := t.flush(); err != nil {
		return err
	}
	t.forget()
	if err := t.lock("version", v.ID); err != nil {
		return err
	}
	removed, err := t.exec(`DELETE FROM tag WHERE version_id = $1 AND name = $2`, v.ID, name)
	if err != nil {
		return err
	}
	if removed == 0 {
		return notFound()
	}
	head, err := one(t, scanID, `SELECT id FROM tag_head WHERE pacticipant_id = $1 AND name = $2`, v.Pacticipant.ID, name)
	if err != nil {
		return err
	}
	verified, err := all(t, scanID, `SELECT content_id FROM verification_current WHERE provider_version_id = $1 ORDER BY content_id`, v.ID)
	if err != nil {
		return err
	}
	return t.recomputeTag(head, verified)
}
