package overview

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// EnvironmentComparison is what runs in one environment beside what runs in another.
type EnvironmentComparison struct {
	From, To kernel.Environment
	// All are the environments that there are, in the order of pages.
	All []kernel.Environment
	// Applications are in either of the two, by name.
	Applications []ComparedApplication
}

// ComparedApplication is what of an application is in either environment.
type ComparedApplication struct {
	Name     string
	From, To []kernel.Version
	// Promotions say of what is in the one and not in the other whether it may go
	// there, each asked alone.
	Promotions []PromotedVersion
}

// PromotedVersion is whether a version may go where it is not.
type PromotedVersion struct {
	Version  kernel.Version
	Decision matrix.Decision
}

// Same reports whether the same versions are in both.
func (a ComparedApplication) Same() bool { return len(a.Promotions) == 0 && len(a.From) == len(a.To) }

// CompareEnvironments tells what would change if what is in one environment were
// promoted to another, at one moment. The answer is kept while nothing changes, and
// nobody changes it. It returns CodeNotFound for an unknown one.
func (s *Service) CompareEnvironments(ctx context.Context, from, to string) (EnvironmentComparison, error) {
	var out EnvironmentComparison
	all, err := s.Everything(ctx)
	if err != nil {
		return out, err
	}
	here, err := s.environmentIn(ctx, all, from)
	if err != nil {
		return out, err
	}
	there, err := s.environmentIn(ctx, all, to)
	if err != nil {
		return out, err
	}
	out.From, out.To = here.Environment, there.Environment
	for _, e := range all.Environments {
		out.All = append(out.All, e.Environment)
	}
	return s.comparisons.Of(from+"\x00"+to, newDrawn[EnvironmentComparison]).from(ctx, all, func(memory *matrix.Memory) (EnvironmentComparison, error) {
		err := out.compare(ctx, all.board, memory, here.versions(), there.versions())
		return out, err
	})
}

// environmentIn is the one of that name among all that there is.
func (s *Service) environmentIn(ctx context.Context, all Everything, name string) (EnvironmentState, error) {
	for _, e := range all.Environments {
		if e.Environment.Name == name {
			return e, nil
		}
	}
	return EnvironmentState{}, s.Store.View(ctx, func(tx kernel.Tx) error {
		_, err := environmentNamed(tx, nil, name)
		return err
	})
}

// compare judges of what is in the one and not in the other whether it may go there.
func (c *EnvironmentComparison) compare(ctx context.Context, board *matrix.Board, memory *matrix.Memory, inFrom, inTo map[string][]kernel.Version) error {
	names := maps.Clone(inFrom)
	maps.Copy(names, inTo)
	for _, name := range slices.SortedFunc(maps.Keys(names), compareNames) {
		if err := ctx.Err(); err != nil {
			return err // whoever looked has left
		}
		a := ComparedApplication{Name: name, From: inFrom[name], To: inTo[name]}
		for _, v := range a.From {
			if slices.ContainsFunc(a.To, func(other kernel.Version) bool { return other.ID == v.ID }) {
				continue
			}
			decision, err := board.VersionVerdict(memory, name, v.Number, c.To.Name)
			if err != nil {
				return fmt.Errorf("judge %s: %w", name, err)
			}
			a.Promotions = append(a.Promotions, PromotedVersion{Version: v, Decision: decision})
		}
		c.Applications = append(c.Applications, a)
	}
	return nil
}

// compareNames puts names in the order of lists: without regard to case, and equal
// ones in an order that stays.
func compareNames(a, b string) int {
	if order := strings.Compare(strings.ToLower(a), strings.ToLower(b)); order != 0 {
		return order
	}
	return strings.Compare(a, b)
}
