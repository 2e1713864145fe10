package overview

import (
	"context"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/near"
)

// QuestionChoices are what the gate can be asked about.
type QuestionChoices struct {
	// Names are the first applications by name.
	Names        []string
	Environments []kernel.Environment
	// Known says that there is the application that was asked about, Near what may have
	// been meant where there is none. Newest is the newest version of its main branch
	// or, without one, the latest; its zero value says that it has none.
	Known  bool
	Near   string
	Newest kernel.Version
	// MainBranch is that of the application, OnMain says that Newest is on it.
	MainBranch string
	OnMain     bool
}

// LookAtQuestion tells what the gate can be asked about, and of an application, if one
// is named, which version a question without one means.
func (s *Service) LookAtQuestion(ctx context.Context, application string, names int) (QuestionChoices, error) {
	var out QuestionChoices
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = QuestionChoices{}
		return tx.Together(func() error {
			found, _, err := tx.ListPacticipants(kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: names}})
			for _, p := range found {
				out.Names = append(out.Names, p.Name)
			}
			return err
		}, func() (err error) {
			out.Environments, err = listEnvironments(tx)
			return err
		}, func() error {
			if application == "" {
				return nil
			}
			p, err := tx.FindPacticipant(application)
			if kernel.IsNotFound(err) {
				out.Near, err = kernel.NearPacticipants(tx, application)
				return err
			}
			if err != nil {
				return err
			}
			out.Known = true
			out.MainBranch = p.MainBranch
			out.Newest, out.OnMain, err = headOf(tx, p)
			return kernel.IgnoreNotFound(err)
		})
	})
	return out, err
}

// VersionsAlike tells whether an application has a version and, where it has none of that
// number, which others may have been meant.
type VersionsAlike struct {
	Known bool
	// Numbers are those that begin like it or look like it, the likeliest first.
	Numbers []string
}

// versionsCompared is among how many versions, the latest, one is looked for that is
// meant, and versionsOffered how many are offered.
const (
	versionsCompared = 500
	versionsOffered  = 5
)

// LookForVersion looks for a version of an application. Pages write commits short: those
// that begin with what was asked come first. It returns CodeNotFound for an unknown
// application.
func (s *Service) LookForVersion(ctx context.Context, application, number string) (VersionsAlike, error) {
	var out VersionsAlike
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = VersionsAlike{}
		p, err := tx.FindPacticipant(application)
		if err != nil {
			return err
		}
		if out.Known, err = kernel.Exists(tx.FindVersion(p.ID, number)); err != nil || out.Known {
			return err
		}
		found, _, err := tx.ListVersions(kernel.VersionFilter{PacticipantID: p.ID, Page: kernel.Page{Number: 1, Size: versionsCompared}})
		var all []string
		for _, v := range found {
			all = append(all, v.Number)
			if len(out.Numbers) < versionsOffered && beginsLike(v.Number, number) {
				out.Numbers = append(out.Numbers, v.Number)
			}
		}
		if len(out.Numbers) == 0 {
			out.Numbers = near.Names(number, all)
		}
		return err
	})
	return out, err
}

// FindVersionsNumbered returns versions with the number, of all applications, the latest
// first, and of many the first ones.
func (s *Service) FindVersionsNumbered(ctx context.Context, number string) (found []kernel.Version, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		found, err = tx.FindVersionsNumbered(number, versionsCompared)
		return err
	})
	return found, err
}

// beginsLike reports whether a number begins with what somebody wrote of it, which is
// enough to tell it from most others.
func beginsLike(number, written string) bool {
	return len(written) > 3 && len(number) >= len(written) && strings.EqualFold(number[:len(written)], written)
}

// ExplanationFacts are what an answer of the gate does not hold, and people ask next.
type ExplanationFacts struct {
	// Since is when each explanation began, in their order; zero if that is not known.
	Since []time.Time
	// Owners are the applications whose teams can change the answer, by name.
	Owners map[string]Listed
}

// LookAtExplanations tells since when explanations hold, and whose they are. They are
// those of an answer to a question about now.
func (s *Service) LookAtExplanations(ctx context.Context, explanations []matrix.Explanation) (ExplanationFacts, error) {
	var out ExplanationFacts
	causes := make([]Cause, len(explanations))
	var names []string
	for i, e := range explanations {
		causes[i] = causeOf(e)
		if e.Owner != "" {
			names = appendOnce(names, e.Owner)
		}
	}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = ExplanationFacts{Owners: map[string]Listed{}}
		var states map[int64]kernel.ContentState
		if err := tx.Together(func() (err error) {
			states, err = tx.ContentStates(contentsToDate(causes))
			return err
		}, func() error {
			return dateFailures(tx, causes)
		}, func() error {
			return out.addOwners(tx, names)
		}); err != nil {
			return err
		}
		for _, c := range causes {
			if c.Kind != matrix.CauseFailed && c.content != 0 {
				c.Since = later(c.Since, states[c.content].CreatedAt)
			}
			out.Since = append(out.Since, c.Since)
		}
		return nil
	})
	return out, err
}

// causeOf is an explanation as a cause of its own. What several versions have not
// proven is not proven since the first of them was there.
func causeOf(e matrix.Explanation) Cause {
	c := Cause{Kind: e.Cause, ResultNumber: e.ResultNumber}
	if e.Row == nil {
		return c
	}
	c.content = e.Row.Publication.ContentID
	for _, v := range e.Row.Unproven {
		if c.Since.IsZero() || v.CreatedAt.Before(c.Since) {
			c.Since = v.CreatedAt
		}
	}
	return c
}

func (f *ExplanationFacts) addOwners(tx kernel.Tx, names []string) error {
	if len(names) == 0 {
		return nil
	}
	found, err := tx.FindPacticipants(names...)
	if err != nil {
		return err
	}
	var ids []int64
	for _, p := range found {
		ids = append(ids, p.ID)
	}
	labels, err := tx.LabelsOf(ids)
	for name, p := range found {
		one := Listed{Pacticipant: p}
		for _, l := range labels[p.ID] {
			one.Labels = append(one.Labels, l.Name)
		}
		f.Owners[name] = one
	}
	return err
}
