package overview

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	return s.comparisons.of(from+"\x00"+to).look(ctx, s.Store, func() (EnvironmentComparison, error) { return s.compareEnvironments(ctx, from, to) })
}

func (s *Service) compareEnvironments(ctx context.Context, from, to string) (EnvironmentComparison, error) {
	var out EnvironmentComparison
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = EnvironmentComparison{}
		var told told
		if err := tx.Together(func() (err error) {
			out.All, err = listEnvironments(tx)
			return err
		}, func() (err error) {
			told, err = overviewParties(tx, Query{})
			return err
		}); err != nil {
			return err
		}
		var err error
		if out.From, err = environmentNamed(tx, out.All, from); err != nil {
			return err
		}
		if out.To, err = environmentNamed(tx, out.All, to); err != nil {
			return err
		}
		return out.compare(ctx, tx, told.parties)
	})
	return out, err
}

func (c *EnvironmentComparison) compare(ctx context.Context, tx kernel.Tx, parties []matrix.Pacticipant) error {
	var here, there places
	if err := tx.Together(func() (err error) {
		here, err = readPlaces(tx, c.From.ID)
		return err
	}, func() (err error) {
		there, err = readPlaces(tx, c.To.ID)
		return err
	}); err != nil {
		return err
	}
	board, err := matrix.ReadBoard(tx.MatrixFacts(time.Time{}), parties, []string{c.From.Name, c.To.Name})
	if err != nil {
		return fmt.Errorf("read the board: %w", err)
	}
	inFrom := EnvironmentState{Deployed: here.deployed[c.From.ID], Released: here.released[c.From.ID]}.versions()
	inTo := EnvironmentState{Deployed: there.deployed[c.To.ID], Released: there.released[c.To.ID]}.versions()
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
			decision, err := board.DeployVersion(name, v.Number, c.To.Name)
			if err != nil {
				return fmt.Errorf("judge %s: %w", name, err)
			}
			a.Promotions = append(a.Promotions, PromotedVersion{Version: v, Decision: decision.WithoutRows()})
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
