package usecasetest

import (
	"context"
	"errors"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Twice is a store that runs each transaction, undoes it, and runs it again, as one
// is whose connection died, or that a deadlock ended. Use cases must not notice.
type Twice struct{ kernel.Store }

var errOnceMore = errors.New("once more")

// View implements kernel.Store.
func (t Twice) View(ctx context.Context, fn func(kernel.Tx) error) error {
	if err := t.Store.View(ctx, undone(fn)); !errors.Is(err, errOnceMore) {
		return err
	}
	return t.Store.View(ctx, fn)
}

// Update implements kernel.Store.
func (t Twice) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	if err := t.Store.Update(ctx, undone(fn)); !errors.Is(err, errOnceMore) {
		return err
	}
	return t.Store.Update(ctx, fn)
}

func undone(fn func(kernel.Tx) error) func(kernel.Tx) error {
	return func(tx kernel.Tx) error {
		_ = fn(tx) // what it says is found out by the second run
		return errOnceMore
	}
}
