package broker

import (
	"context"
	"maps"
	"slices"
	"time"
)

// CleanOptions say what a clean-up deletes, and how much at a time.
type CleanOptions struct {
	// Keep selects versions that stay. What is live stays in any case. Empty
	// means DefaultKeep.
	Keep []KeepSelector
	// BranchAge deletes branches, other than main branches, that nothing was
	// added to for that long; their versions stay. 0 deletes none.
	BranchAge time.Duration
	// OverwrittenAge deletes revisions, results and firings that newer ones
	// have replaced for that long. 0 deletes none.
	OverwrittenAge time.Duration
	// GateAnswerAge deletes kept answers of the gate that were last given so
	// long ago. 0 means two years.
	GateAnswerAge time.Duration
	// Limit is how many versions, branches and overwritten rows of each kind
	// one clean-up deletes. 0 means 500.
	Limit int
	// Preview deletes nothing and counts what would go.
	Preview bool
}

// CleanReport tells what a clean-up did or, as a preview, would do.
type CleanReport struct {
	Preview bool
	// Versions counts deleted versions by pacticipant.
	Versions map[string]int
	// Kept counts, by pacticipant, the versions that were looked at and stay.
	Kept        map[string]int
	Branches    int
	Contents    int
	Overwritten int
	GateAnswers int
	// More is true if the limit ended the clean-up before its end.
	More bool
}

const (
	defaultCleanLimit = 500
	// cleanBatch is how many versions one transaction looks at: others wait no
	// longer than it takes to delete so many.
	cleanBatch = 25
)

// Clean deletes what is no longer of use, oldest first, in small transactions
// beside the traffic. Two clean-ups at once do no harm.
func (s *Service) Clean(ctx context.Context, o CleanOptions) (CleanReport, error) {
	if len(o.Keep) == 0 {
		o.Keep = DefaultKeep()
	}
	o.Keep = withLive(slices.Clone(o.Keep))
	if o.Limit <= 0 {
		o.Limit = defaultCleanLimit
	}
	c := cleaning{s: s, options: o, now: s.now(), report: CleanReport{Preview: o.Preview, Versions: map[string]int{}, Kept: map[string]int{}}}
	for _, step := range []func(context.Context) error{c.branches, c.versions, c.overwritten, c.contents, c.gateAnswers} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
}

// cleaning is one clean-up under way.
type cleaning struct {
	s       *Service
	options CleanOptions
	now     time.Time
	report  CleanReport
}

// transaction runs fn, in a View if nothing may change. What fn counts it
// returns; only then is it added, as fn may run twice.
func (c *cleaning) transaction(ctx context.Context, fn func(Tx) error) error {
	if c.options.Preview {
		return c.s.Store.View(ctx, fn)
	}
	return c.s.Store.Update(ctx, fn)
}

func (c *cleaning) branches(ctx context.Context) error {
	if c.options.BranchAge <= 0 {
		return nil
	}
	deleted := 0
	err := c.transaction(ctx, func(tx Tx) error {
		stale, err := tx.StaleBranches(c.now.Add(-c.options.BranchAge), c.options.Limit)
		deleted = len(stale)
		for _, branch := range stale {
			if c.options.Preview || err != nil {
				break
			}
			err = tx.DeleteBranch(branch.ID)
		}
		return err
	})
	if err == nil {
		c.report.Branches = deleted
	}
	return err
}

// versions walks all versions in the order of creation until the limit.
func (c *cleaning) versions(ctx context.Context) error {
	total := 0
	for after := int64(0); ; {
		var found []Version
		var gone, kept map[string]int
		err := c.transaction(ctx, func(tx Tx) error {
			var err error
			if found, err = tx.OldestVersions(after, cleanBatch); err != nil {
				return err
			}
			gone, kept, err = c.sweep(tx, found, c.options.Limit-total)
			return err
		})
		if err != nil {
			return err
		}
		for name, n := range gone {
			c.report.Versions[name] += n
			total += n
		}
		for name, n := range kept {
			c.report.Kept[name] += n
		}
		if len(found) < cleanBatch {
			return nil
		}
		if total >= c.options.Limit {
			c.report.More = true
			return nil
		}
		after = found[len(found)-1].ID
	}
}

// sweep deletes up to limit of the versions that nothing keeps, and counts by
// pacticipant.
func (c *cleaning) sweep(tx Tx, found []Version, limit int) (gone, kept map[string]int, err error) {
	gone, kept = make(map[string]int), make(map[string]int)
	candidates, err := candidates(tx, found)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range candidates {
		if slices.ContainsFunc(c.options.Keep, func(k KeepSelector) bool { return k.matches(v, c.now) }) {
			kept[v.Pacticipant.Name]++
			continue
		}
		if limit == 0 {
			break
		}
		limit--
		gone[v.Pacticipant.Name]++
		if c.options.Preview {
			continue
		}
		if err := tx.DeleteVersion(v.ID); err != nil {
			return nil, nil, err
		}
	}
	return gone, kept, nil
}

func candidates(tx Tx, found []Version) ([]candidate, error) {
	ids, owners := versionIDs(found), make(map[int64]Pacticipant)
	for _, v := range found {
		owners[v.Pacticipant.ID] = Pacticipant{}
	}
	for id := range owners {
		p, err := tx.FindPacticipantByID(id)
		if err != nil {
			return nil, err
		}
		owners[id] = p
	}
	latest, err := tx.LatestVersions(slices.Collect(maps.Keys(owners)))
	if err != nil {
		return nil, err
	}
	branches, err := tx.BranchesOf(ids)
	if err != nil {
		return nil, err
	}
	tags, err := tx.TagsOf(ids)
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
			VersionDetails: VersionDetails{Version: v, Branches: branches[v.ID], Tags: tags[v.ID], Deployed: deployed[v.ID], Released: released[v.ID]},
			mainBranch:     owners[v.Pacticipant.ID].MainBranch,
			isLatest:       latest[v.Pacticipant.ID].ID == v.ID,
		}
	}
	return out, nil
}

// overwritten deletes what newer rows have replaced. A preview does not count
// it: finding out is as much work as deleting.
func (c *cleaning) overwritten(ctx context.Context) error {
	if c.options.OverwrittenAge <= 0 || c.options.Preview {
		return nil
	}
	for left := c.options.Limit; left > 0; left -= cleanBatch {
		n := 0
		err := c.s.Store.Update(ctx, func(tx Tx) error {
			var err error
			n, err = tx.DeleteOverwritten(c.now.Add(-c.options.OverwrittenAge), cleanBatch)
			return err
		})
		if err != nil {
			return err
		}
		if c.report.Overwritten += n; n == 0 {
			return nil
		}
	}
	return nil
}

// contents deletes documents that neither a pact nor a result needs any more.
func (c *cleaning) contents(ctx context.Context) error {
	if c.options.Preview {
		return nil
	}
	for left := c.options.Limit; left > 0; left -= cleanBatch {
		n := 0
		err := c.s.Store.Update(ctx, func(tx Tx) error {
			var err error
			n, err = tx.DeleteOrphanContents(cleanBatch)
			return err
		})
		if err != nil {
			return err
		}
		if c.report.Contents += n; n == 0 {
			return nil
		}
	}
	return nil
}
