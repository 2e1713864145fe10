package gate

import (
	"context"
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// ask answers a question that somebody decides by, and keeps the answer.
func (s *Service) ask(ctx context.Context, q MatrixQuery, check func(kernel.Tx, MatrixQuery) error) (MatrixAnswer, error) {
	out, err := s.look(ctx, q, check)
	if err == nil {
		s.keep(q, out)
	}
	return out, err
}

// look checks the question and answers it, all on one snapshot: the answer
// cannot mix two moments. It changes nothing.
func (s *Service) look(ctx context.Context, q MatrixQuery, check func(kernel.Tx, MatrixQuery) error) (MatrixAnswer, error) {
	var out MatrixAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		if err := check(tx, q); err != nil {
			return err
		}
		var err error
		out, err = s.askWithin(tx, q)
		return err
	})
	return out, err
}

func (s *Service) askWithin(tx kernel.Tx, q MatrixQuery) (MatrixAnswer, error) {
	question := matrix.Query{
		Selectors: q.Selectors, Ignore: q.Ignore, Target: q.Target, LatestBy: q.LatestBy, Show: q.Show, Between: q.Between,
		Compat: matrix.Compat(s.Settings.OriginalDecisions),
	}
	if q.Limit != nil {
		question.Limit = *q.Limit
	}
	decision, err := matrix.Ask(tx.MatrixFacts(q.At), question)
	if err != nil {
		return MatrixAnswer{}, fmt.Errorf("ask the matrix: %w", err)
	}
	if q.At.IsZero() {
		if err := addAsked(tx, decision.Explanations); err != nil {
			return MatrixAnswer{}, fmt.Errorf("find what has been asked: %w", err)
		}
	}
	if !q.At.IsZero() {
		past, err := pastWarnings(tx, q, s.Moment())
		if err != nil {
			return MatrixAnswer{}, fmt.Errorf("find what the past leaves open: %w", err)
		}
		decision.Warnings = append(past, decision.Warnings...)
	}
	rows, err := DescribeRows(tx, decision.Shown)
	if err != nil {
		return MatrixAnswer{}, fmt.Errorf("describe rows: %w", err)
	}
	return MatrixAnswer{Decision: decision, Rows: rows, IgnoreAsked: len(q.Ignore) > 0}, nil
}

// DescribeRows adds to the rows what their resources show, in three look-ups
// for all versions together.
func DescribeRows(tx kernel.Tx, rows []matrix.Row) ([]MatrixRow, error) {
	described, err := describeVersions(tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]MatrixRow, len(rows))
	for i, r := range rows {
		p := r.Publication
		out[i] = MatrixRow{
			Consumer:        kernel.Party{ID: p.Consumer.ID, Name: p.Consumer.Name},
			ConsumerVersion: *described[p.ConsumerVersion.ID],
			Provider:        kernel.Party{ID: p.Provider.ID, Name: p.Provider.Name},
			PactCreatedAt:   p.CreatedAt, Revision: p.Revision, SHA: p.SHA, ContentID: p.ContentID,
			Ignored: r.Ignored,
		}
		if r.ProviderVersion != nil {
			out[i].ProviderVersion = described[r.ProviderVersion.ID]
		}
		if r.Result != nil {
			out[i].Verification = &MatrixVerification{Number: r.Result.Number, Success: r.Result.Success, VerifiedAt: r.Result.ExecutedAt}
		}
		for _, v := range r.Unproven {
			out[i].Unproven = append(out[i].Unproven, v.Number)
		}
	}
	return out, nil
}

func describeVersions(tx kernel.Tx, rows []matrix.Row) (map[int64]*MatrixVersion, error) {
	out := map[int64]*MatrixVersion{}
	var ids []int64
	add := func(v matrix.Version) {
		if out[v.ID] == nil {
			out[v.ID] = &MatrixVersion{ID: v.ID, Number: v.Number}
			ids = append(ids, v.ID)
		}
	}
	for _, r := range rows {
		add(r.Publication.ConsumerVersion)
		if r.ProviderVersion != nil {
			add(*r.ProviderVersion)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	branches, tags, err := kernel.BranchesAndTagsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	environments, err := tx.LiveEnvironmentsOf(ids)
	if err != nil {
		return nil, err
	}
	for id, v := range out {
		v.Branches, v.Tags, v.Environments = branches[id], tags[id], environments[id]
	}
	return out, nil
}

// checkMatrixQuery collects what is wrong with a question, in a fixed order.
func (s *Service) checkMatrixQuery(tx kernel.Tx, q MatrixQuery) error {
	problems := kernel.Fields{}
	add := func(format string, args ...any) { problems.Add("", format, args...) }
	if err := checkSelectors(tx, q.Selectors, add); err != nil {
		return err
	}
	if len(q.Selectors) == 0 {
		add("Please give at least one selector: q[][pacticipant]=NAME and, for example, q[][version]=NUMBER")
	}
	for _, i := range q.Ignore {
		if i.Pacticipant == "" {
			add("Please name the pacticipant to ignore")
		}
		if i.Version != "" && i.Latest {
			add("Give a version number or the latest flag for %s to ignore, not both", i.Pacticipant)
		}
	}
	if err := checkTarget(tx, q.Target, add); err != nil {
		return err
	}
	if !q.LatestBy.Valid() {
		add("latestby must be cvpv, cvp or cp, or absent, not '%s'", q.LatestBy)
	}
	if q.LatestBy == matrix.ByIntegration && !q.Target.IsZero() && !s.Settings.OriginalDecisions {
		add("latestby=cp lets one version of an application stand for its others, so it cannot decide about a target: use latestby=cvpv")
	}
	if q.Limit != nil && *q.Limit < 1 {
		add("The limit must be 1 or more")
	}
	return problems.Err()
}

func checkSelectors(tx kernel.Tx, selectors []matrix.Selector, add func(string, ...any)) error {
	for _, s := range selectors {
		if s.Pacticipant == "" {
			add("Please name the pacticipant of each selector")
		}
		if s.Version != "" && s.Latest {
			add("Give a version number or the latest flag for %s, not both", s.Pacticipant)
		}
	}
	unknown := 0
	for _, s := range selectors {
		if s.Pacticipant == "" {
			continue
		}
		if known, err := kernel.Exists(tx.FindPacticipant(s.Pacticipant)); err != nil {
			return err
		} else if !known {
			near := ""
			if unknown++; unknown <= kernel.MostHelped {
				if near, err = kernel.NearPacticipants(tx, s.Pacticipant); err != nil {
					return err
				}
			}
			add("Pacticipant %s not found.%s", s.Pacticipant, near)
		}
	}
	return nil
}

func checkTarget(tx kernel.Tx, t matrix.Target, add func(string, ...any)) error {
	places := 0
	for _, given := range []bool{t.Tag != "", t.Environment != "", t.MainBranch} {
		if given {
			places++
		}
	}
	if places > 1 {
		add("Give only one of tag, environment and mainBranch")
	}
	if t.Environment == "" {
		return nil
	}
	if t.Latest {
		add("latest=true and an environment do not go together: what is in the environment is known")
	}
	known, err := kernel.Exists(tx.FindEnvironmentByName(t.Environment))
	if err != nil || known {
		return err
	}
	near, err := kernel.NearEnvironments(tx, t.Environment)
	add("Environment with name '%s' does not exist.%s", t.Environment, near)
	return err
}
