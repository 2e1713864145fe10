package cleanup

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// overwritten deletes what newer rows have replaced for long enough. Each row
// is looked at once in its life, when it has become that old: it tells which
// one it replaced.
func (c *cleaning) overwritten(ctx context.Context) error {
	if c.options.OverwrittenAge <= 0 {
		return nil
	}
	for _, part := range []struct {
		kind  kernel.RowKind
		count *int
	}{{kernel.RowPublication, &c.report.Revisions}, {kernel.RowVerification, &c.report.Results}, {kernel.RowFiring, &c.report.Firings}} {
		if err := c.replaced(ctx, part.kind, part.count); err != nil {
			return err
		}
	}
	return nil
}

func (c *cleaning) replaced(ctx context.Context, kind kernel.RowKind, count *int) error {
	start, err := c.mark(ctx, kind)
	if err != nil {
		return err
	}
	after, at := start, c.now.Add(-c.options.OverwrittenAge)
	for window := 1; *count < c.options.Limit && !c.enough(window); window++ {
		var rows []kernel.Replacement
		err := c.s.Store.View(ctx, func(tx kernel.Tx) error {
			rows, err = tx.Replacements(kind, after, at, cleanWindow)
			return err
		})
		if err != nil {
			return err
		}
		var gone []int64
		for _, row := range rows {
			if row.Replaced > 0 {
				gone = append(gone, row.Replaced)
			}
			after = row.ID
			if *count+len(gone) == c.options.Limit {
				break
			}
		}
		if err := c.deleteReplaced(ctx, kind, gone, count); err != nil {
			return err
		}
		if len(rows) < cleanWindow && *count < c.options.Limit {
			return c.saveMark(ctx, kind, start, after)
		}
		if err := c.markOnTheWay(ctx, kind, window, start, after); err != nil {
			return err
		}
	}
	c.report.More = true
	return c.saveMark(ctx, kind, start, after)
}

// enough reports whether a clean-up, or a preview, which somebody waits for, has
// looked at enough of what is looked at once.
func (c *cleaning) enough(window int) bool {
	return c.pace.over() || c.options.Preview && window*cleanWindow > c.options.Looks
}

func (c *cleaning) deleteReplaced(ctx context.Context, kind kernel.RowKind, ids []int64, count *int) error {
	if c.options.Preview {
		*count += len(ids)
		return nil
	}
	n, err := c.inBatches(ctx, ids, func(tx kernel.Tx, ids []int64) (int, error) { return tx.DeleteReplaced(kind, ids) })
	*count += n
	return err
}

// contents deletes documents that neither a pact nor a result needs any more,
// on a way round like that of versions.
func (c *cleaning) contents(ctx context.Context) error {
	start, err := c.mark(ctx, kernel.RowContent)
	if err != nil {
		return err
	}
	after, wrapped := start, start == 0
	for left := c.options.Looks; left > 0 && c.report.Contents < c.options.Limit && !c.pace.over(); {
		var orphans []int64
		last := int64(0)
		err := c.s.Store.View(ctx, func(tx kernel.Tx) error {
			orphans, last, err = tx.OrphanContents(after, cleanWindow)
			return err
		})
		if err != nil {
			return err
		}
		left = c.options.looksLeft(left, cleanWindow, len(orphans))
		if err := c.deleteContents(ctx, orphans[:min(len(orphans), c.options.Limit-c.report.Contents)]); err != nil {
			return err
		}
		switch {
		case wrapped && (last == 0 || start > 0 && last >= start):
			return c.saveMark(ctx, kernel.RowContent, start, 0)
		case last == 0:
			wrapped, after = true, 0
		default:
			after = last
		}
	}
	return c.saveMark(ctx, kernel.RowContent, start, after)
}

func (c *cleaning) deleteContents(ctx context.Context, ids []int64) error {
	if c.options.Preview {
		c.report.Contents += len(ids)
		return nil
	}
	n, err := c.inBatches(ctx, ids, func(tx kernel.Tx, ids []int64) (int, error) { return tx.DeleteContents(ids) })
	c.report.Contents += n
	return err
}
