package store

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// conditions is a PublicationFilter as SQL over pc, v and p. Its arguments come
// after those that there are.
type conditions struct {
	and   string // " AND …"
	args  []any
	plain bool // restricts nothing but the pair
}

// conditions writes a filter. Where it is for the pacts of one pair, latest first,
// consumer is the identity of that pair's consumer. Then each pact is looked at by
// itself in that order, from the first that the tag or the branch may have: the
// one that is wanted stands near there, however many the pair has.
func (t *tx) conditions(f kernel.PublicationFilter, consumer string, before ...any) conditions {
	c := conditions{plain: true, args: before}
	add := func(plain bool, condition string, args ...any) {
		marks := make([]any, len(args))
		for i, arg := range args {
			c.args = append(c.args, arg)
			marks[i] = fmt.Sprintf("$%d", len(c.args))
		}
		c.and += ` AND ` + fmt.Sprintf(condition, marks...)
		c.plain = c.plain && plain
	}
	switch single := f.ConsumerID != 0 && f.ProviderID != 0; {
	case single && f.ContentID != 0:
		// All pacts with a content are of its pair: the way is along those, latest first.
		add(true, `(SELECT o.consumer_id = %s AND o.provider_id = %s FROM content o WHERE o.id = pc.content_id)`, f.ConsumerID, f.ProviderID)
	case single:
		add(true, `pc.consumer_id = %s AND pc.provider_id = %s`, f.ConsumerID, f.ProviderID)
	case f.ConsumerID != 0:
		add(true, `pc.consumer_id = %s`, f.ConsumerID)
	case f.ProviderID != 0:
		add(true, `pc.provider_id = %s`, f.ProviderID)
	}
	if f.VersionID != 0 {
		add(false, `pc.version_id = %s`, f.VersionID)
	}
	if len(f.VersionIDs) > 0 {
		add(false, `pc.version_id `+strings.ReplaceAll(t.in(0), "$0", "%s"), t.ids(f.VersionIDs))
	}
	if f.ContentID != 0 {
		add(false, `pc.content_id = %s`, f.ContentID)
	}
	if f.Tag != "" {
		add(false, t.taggedOf(consumer), f.Tag)
	}
	if f.Untagged {
		add(false, t.untaggedOf(consumer))
	}
	if f.Branch != "" {
		condition, args := t.onBranchOf(f, consumer)
		add(false, condition, args...)
	}
	if f.MainBranch {
		condition, args := t.onMainBranch(f)
		add(false, condition, args...)
	}
	if f.Before != nil {
		if t.store.options.OrderBySemver {
			add(false, t.ordKey("v")+` < %s`, f.Before.Order)
		} else {
			add(false, `pc.version_id < %s`, f.Before.ID)
		}
	}
	return c
}

// taggedOf is the condition that the version of pc has a tag.
func (t *tx) taggedOf(consumer string) string {
	if consumer == "" {
		return `pc.version_id IN (SELECT g.version_id FROM tag g WHERE g.name = %s)`
	}
	from := ""
	if !t.store.options.OrderBySemver {
		from = `pc.version_id <= (SELECT h.version_id FROM tag_head h WHERE h.pacticipant_id = ` + consumer + ` AND h.name = %[1]s) AND `
	}
	return from + `(SELECT EXISTS (SELECT 1 FROM tag g WHERE g.version_id = pc.version_id AND g.name = %[1]s))`
}

// untaggedOf is the condition that the version of pc has no tag.
func (t *tx) untaggedOf(consumer string) string {
	const none = `NOT EXISTS (SELECT 1 FROM tag g WHERE g.version_id = pc.version_id)`
	if consumer == "" {
		return none
	}
	return `(SELECT ` + none + `)`
}

// onBranchOf is the condition that the version of pc is on a branch, or its head,
// with its arguments.
func (t *tx) onBranchOf(f kernel.PublicationFilter, consumer string) (string, []any) {
	branch := `(SELECT b.id FROM branch b WHERE b.pacticipant_id = ` + consumer + ` AND b.name = %[1]s)`
	switch {
	case consumer != "" && f.HeadOnly:
		return `pc.version_id = (SELECT b.head_version_id FROM branch b WHERE b.pacticipant_id = ` + consumer + ` AND b.name = %s)`, []any{f.Branch}
	case consumer != "":
		return `pc.version_id <= (SELECT MAX(m.version_id) FROM branch_version m WHERE m.branch_id = ` + branch + `)
			AND (SELECT EXISTS (SELECT 1 FROM branch_version m WHERE m.branch_id = ` + branch + ` AND m.version_id = pc.version_id))`, []any{f.Branch}
	case f.HeadOnly && f.ProviderID != 0:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM integration n `+t.outerFirst()+` branch b ON b.pacticipant_id = n.consumer_id
			AND b.name = %s WHERE n.provider_id = %s`), []any{f.Branch, f.ProviderID}
	case f.HeadOnly:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM branch b WHERE b.name = %s`), []any{f.Branch}
	}
	return `pc.version_id IN (SELECT bv.version_id FROM branch b JOIN branch_version bv ON bv.branch_id = b.id WHERE b.name = %s)`, []any{f.Branch}
}

// onMainBranch is onBranchOf for the branch that the consumer calls its main one.
func (t *tx) onMainBranch(f kernel.PublicationFilter) (string, []any) {
	switch {
	case f.HeadOnly && f.ProviderID != 0:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM integration n `+t.outerFirst()+` pacticipant m ON m.id = n.consumer_id
			`+t.outerFirst()+` branch b ON b.pacticipant_id = m.id AND b.name = m.main_branch WHERE n.provider_id = %s`), []any{f.ProviderID}
	case f.HeadOnly:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM pacticipant m `+t.outerFirst()+` branch b ON b.pacticipant_id = m.id AND b.name = m.main_branch`), nil
	}
	return `pc.version_id IN (SELECT bv.version_id FROM branch b JOIN branch_version bv ON bv.branch_id = b.id WHERE b.pacticipant_id = p.id AND b.name = p.main_branch)`, nil
}

// oneOf is the condition to be in a list that another query makes first. On
// PostgreSQL it comes as an array: planners guess the length of a joined list by the
// history that it stands beside, and then go through that.
func (t *tx) oneOf(query string) string {
	if t.postgres() {
		return `= ANY(ARRAY(` + query + `))`
	}
	return `IN (` + query + `)`
}
