package gate

import (
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

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

func (q CanIDeployQuery) check(tx kernel.Tx) error {
	problems := kernel.Fields{}
	if strings.TrimSpace(q.Pacticipant) == "" {
		problems.Add("pacticipant", "is missing")
	}
	if strings.TrimSpace(q.Version) == "" {
		problems.Add("version", "is missing")
	}
	switch {
	case q.Environment == "" && q.To == "":
		problems.Add("", "say where to: give either an environment or a 'to' tag")
	case q.Environment != "" && q.To != "":
		problems.Add("", "give an environment or a 'to' tag, not both")
	}
	if len(problems) > 0 {
		return problems.Err()
	}
	if known, err := kernel.Exists(tx.FindPacticipant(q.Pacticipant)); err != nil {
		return err
	} else if !known {
		near, err := kernel.NearPacticipants(tx, q.Pacticipant)
		if err != nil {
			return err
		}
		problems.Add("pacticipant", "'%s' does not match an existing pacticipant.%s", q.Pacticipant, near)
	}
	if q.Environment == "" {
		return problems.Err()
	}
	if known, err := kernel.Exists(tx.FindEnvironmentByName(q.Environment)); err != nil {
		return err
	} else if !known {
		near, err := kernel.NearEnvironments(tx, q.Environment)
		if err != nil {
			return err
		}
		problems.Add("environment", "with name '%s' does not exist.%s", q.Environment, near)
	}
	return problems.Err()
}

func (q BranchCanIDeployQuery) check(tx kernel.Tx) error {
	p, err := tx.FindPacticipant(q.Pacticipant)
	if kernel.IsNotFound(err) {
		return kernel.UnknownName(kernel.RolePacticipant, q.Pacticipant)
	}
	if err != nil {
		return err
	}
	branch, err := tx.FindBranch(p.ID, q.Branch)
	if err == nil && branch.HeadVersionID == 0 || kernel.IsNotFound(err) {
		return kernel.Errorf(kernel.CodeNotFound, "%s has no version on branch %s", q.Pacticipant, q.Branch)
	}
	if err != nil {
		return err
	}
	if known, err := kernel.Exists(tx.FindEnvironmentByName(q.Environment)); err != nil || !known {
		return orNotFound(err, "there is no environment named %s", q.Environment)
	}
	return nil
}

func (q TagCanIDeployQuery) check(tx kernel.Tx) error {
	p, err := tx.FindPacticipant(q.Pacticipant)
	if kernel.IsNotFound(err) {
		return kernel.UnknownName(kernel.RolePacticipant, q.Pacticipant)
	}
	if err != nil {
		return err
	}
	if known, err := kernel.Exists(tx.FindTagHead(p.ID, q.Tag)); err != nil || !known {
		return orNotFound(err, "%s has no version with tag %s", q.Pacticipant, q.Tag)
	}
	return nil
}

func orNotFound(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	return kernel.Errorf(kernel.CodeNotFound, format, args...)
}
