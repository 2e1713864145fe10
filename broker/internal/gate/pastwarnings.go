package gate

import (
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// pastWarnings say what an answer about the past cannot know, as far as the
// record can tell: it holds no deletions and no former main branches.
func pastWarnings(tx kernel.Tx, q MatrixQuery, now time.Time) ([]matrix.Reason, error) {
	if q.At.After(now) {
		return []matrix.Reason{{Kind: matrix.InTheFuture, Moment: q.At}}, nil
	}
	out := []matrix.Reason{{Kind: matrix.AsOfMoment, Moment: q.At}}
	begins := func(kind matrix.ReasonKind, about matrix.Resolved, at time.Time) {
		if at.After(q.At) {
			out = append(out, matrix.Reason{Kind: kind, Consumer: about, Moment: at})
		}
	}
	var names []string
	environments := []string{q.Target.Environment}
	main := q.Target.MainBranch
	for _, s := range q.Selectors {
		names, environments, main = append(names, s.Pacticipant), append(environments, s.Environment), main || s.MainBranch
	}
	for _, name := range distinct(names) {
		p, err := tx.FindPacticipant(name)
		if err != nil {
			return nil, err
		}
		begins(matrix.BeforeRecord, matrix.Resolved{Name: p.Name}, p.CreatedAt)
	}
	for _, name := range distinct(environments) {
		e, err := tx.FindEnvironmentByName(name)
		if kernel.IsNotFound(err) {
			continue // a selector may name one that is not there: it finds nothing
		}
		if err != nil {
			return nil, err
		}
		begins(matrix.BeforeTarget, matrix.Resolved{Selector: matrix.Selector{Environment: e.Name}}, e.CreatedAt)
	}
	if main {
		out = append(out, matrix.Reason{Kind: matrix.MainBranchNow})
	}
	return out, nil
}

// distinct returns the names in their order, without repetitions and blanks.
func distinct(names []string) (out []string) {
	for _, name := range names {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
