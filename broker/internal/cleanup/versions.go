package cleanup

import (
	"context"
	"maps"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// versions goes through the versions in the order of creation, from where the
// last clean-up ended and, at the end, on from the oldest, until it is there
// again. It looks without a lock, and asks again where it deletes.
func (c *cleaning) versions(ctx context.Context) error {
	start, err := c.mark(ctx, kernel.RowVersion)
	if err != nil {
		return err
	}
	w := versionWalk{cleaning: c, after: start, left: c.options.Limit, looks: c.options.Looks}
	w.wrapped = start == 0
	for window := 1; ; window++ {
		end, err := w.step(ctx, start)
		if err != nil {
			return err
		}
		switch {
		case end && w.wrapped:
			return c.saveMark(ctx, kernel.RowVersion, start, 0)
		case w.left == 0 || w.looks <= 0 || c.pace.over():
			c.report.More = true
			return c.saveMark(ctx, kernel.RowVersion, start, w.after)
		case end:
			w.wrapped, w.after = true, 0
		}
		if err := c.markOnTheWay(ctx, kernel.RowVersion, window, start, w.after); err != nil {
			return err
		}
	}
}

// versionWalk is how far the way through the versions has come.
type versionWalk struct {
	*cleaning
	after int64
	// left is how many may still be deleted, looks how many looked at.
	left, looks int
	// wrapped is true on the second part of the way, which ends at its start.
	wrapped bool
}

// step looks at the next few versions. It returns true at the end of the part.
func (w *versionWalk) step(ctx context.Context, start int64) (end bool, err error) {
	var found, doomed []kernel.Version
	var kept map[string]int
	err = w.s.Store.View(ctx, func(tx kernel.Tx) error {
		if found, err = tx.OldestVersions(w.after, cleanWindow); err != nil {
			return err
		}
		end = len(found) < cleanWindow
		found = slices.DeleteFunc(found, func(v kernel.Version) bool {
			out := w.isYoung(v) || w.wrapped && start > 0 && v.ID > start
			end = end || out
			return out
		})
		doomed, kept, err = w.judge(tx, found)
		return err
	})
	if err != nil || len(found) == 0 {
		return true, err
	}
	w.looks = w.options.looksLeft(w.looks, len(found), len(doomed))
	if len(doomed) > w.left {
		doomed, end = doomed[:w.left], false
	}
	w.after = found[len(found)-1].ID
	if len(doomed) > 0 && len(doomed) == w.left {
		w.after = doomed[len(doomed)-1].ID
	}
	for name, n := range kept {
		w.report.Kept[name] += n
	}
	if w.options.Preview {
		for _, v := range doomed[:min(len(doomed), examplesKept-len(w.report.SomeVersions))] {
			w.report.SomeVersions = append(w.report.SomeVersions, Example{v.Pacticipant.Name, v.Number})
		}
	}
	rest, err := w.deleteVersions(ctx, doomed)
	if len(rest) > 0 { // its time is over
		w.after, end = rest[0].ID-1, false
	}
	return end, err
}

// isYoung reports whether every version of the age of v is kept, and so those
// that came after it.
func (c *cleaning) isYoung(v kernel.Version) bool {
	return slices.ContainsFunc(c.options.Keep, func(k KeepSelector) bool {
		return k.MaxAge > 0 && k == KeepSelector{MaxAge: k.MaxAge} && c.now.Sub(v.CreatedAt) <= k.MaxAge
	})
}

// judge returns those of the versions that nothing keeps, and counts the others
// by pacticipant.
func (c *cleaning) judge(tx kernel.Tx, found []kernel.Version) (doomed []kernel.Version, kept map[string]int, err error) {
	candidates, err := candidates(tx, found)
	if err != nil {
		return nil, nil, err
	}
	kept = make(map[string]int)
	for _, v := range candidates {
		if c.keeps(v) {
			kept[v.Pacticipant.Name]++
			continue
		}
		doomed = append(doomed, v.Version)
	}
	return doomed, kept, nil
}

func (c *cleaning) keeps(v candidate) bool {
	return slices.ContainsFunc(c.options.Keep, func(k KeepSelector) bool { return k.matches(v, c.now) })
}

// deleteVersions deletes those of the versions that nothing has come to keep
// since they were looked at, until the time of the clean-up is
// over: a batch at least, so that it gets on. It returns the rest.
func (w *versionWalk) deleteVersions(ctx context.Context, doomed []kernel.Version) (rest []kernel.Version, err error) {
	count := func(versions []kernel.Version) {
		for _, v := range versions {
			w.report.Versions[v.Pacticipant.Name]++
			w.left--
		}
	}
	if w.options.Preview {
		count(doomed)
		return nil, nil
	}
	for len(doomed) > 0 {
		var gone []kernel.Version
		some, again := 0, false
		err := w.pace.update(ctx, w.s.Store, func(tx kernel.Tx, batch int) (err error) {
			some = min(batch, len(doomed))
			gone, again, err = w.deleteStill(tx, doomed[:some])
			return err
		})
		if err != nil {
			return doomed, err
		}
		count(gone)
		if !again {
			doomed = doomed[some:]
		}
		if w.pace.over() {
			break
		}
	}
	return doomed, nil
}

// deleteStill deletes those of the versions that nothing keeps still. It ends
// early, and is to be called again, where one is too heavy for a transaction.
func (w *versionWalk) deleteStill(tx kernel.Tx, batch []kernel.Version) (gone []kernel.Version, again bool, err error) {
	if err := tx.LockLeft(kernel.ToDelete, kernel.RowsOf(batch)...); err != nil {
		return nil, false, err
	}
	known, err := tx.FindVersionsByID(kernel.VersionIDs(batch))
	if err != nil {
		return nil, false, err
	}
	still := slices.SortedFunc(maps.Values(known), func(a, b kernel.Version) int { return int(a.ID - b.ID) })
	doomed, _, err := w.judge(tx, still)
	if err != nil {
		return nil, false, err
	}
	return kernel.DeleteVersions(tx, doomed)
}

func candidates(tx kernel.Tx, found []kernel.Version) ([]candidate, error) {
	if len(found) == 0 {
		return nil, nil
	}
	ids, owners := kernel.VersionIDs(found), kernel.OwnersOf(found)
	parties, err := tx.FindPacticipantsByID(owners)
	if err != nil {
		return nil, err
	}
	latest, err := tx.LatestVersions(owners)
	if err != nil {
		return nil, err
	}
	branches, tags, err := kernel.BranchesAndTagsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	deployed, err := tx.DeployedOf(ids)
	if err != nil {
		return nil, err
	}
	released, err := tx.ReleasedOf(ids)
	if err != nil {
		return nil, err
	}
	out := make([]candidate, len(found))
	for i, v := range found {
		out[i] = candidate{
			VersionDetails: kernel.VersionDetails{Version: v, Branches: branches[v.ID], Tags: tags[v.ID], Deployed: deployed[v.ID], Released: released[v.ID]},
			mainBranch:     parties[v.Pacticipant.ID].MainBranch,
			isLatest:       latest[v.Pacticipant.ID].ID == v.ID,
		}
	}
	return out, nil
}
