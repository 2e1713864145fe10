package api

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/rollout"
	"github.com/treatyhq/treaty/internal/hal"
)

// startRollout starts a rollout of the version that the address names.
func (a *API) startRollout(c echo.Context) error {
	in := rollout.Start{Place: rolloutPlace(c), Asker: a.askerOf(c)}
	err := bind(c, func(f *form) {
		in.Strategy = f.text("strategy", singleLine)
		if share := readShare(f); share != nil {
			in.Share = *share
		}
		in.Instance = f.scalar("applicationInstance", isName).Value
		in.Gate = readGate(f)
		in.Rollback = f.flag("rollback", "must be boolean")
		in.Reason = f.text("reason", 0)
		f.only("strategy", "share", "applicationInstance", "audience", "gate", "rollback", "reason")
	})
	if err != nil {
		return err
	}
	r, created, err := a.service.Rollout.Start(a.signed(c), in)
	if err != nil {
		return err
	}
	l := a.links(c)
	return writeCreated(c, created, l.Rollout(r.UUID), rolloutDoc(l, r))
}

// changeRollout changes the share of a rollout, promotes it or aborts it.
func (a *API) changeRollout(c echo.Context) error {
	in := rollout.Change{UUID: c.Param("uuid"), Asker: a.askerOf(c)}
	var invalid error
	err := bind(c, func(f *form) {
		in.Share = readShare(f)
		in.State = pointer[kernel.RolloutState](f.change("state", 0))
		in.Outcome = pointer[kernel.RolloutOutcome](f.change("outcome", 0))
		in.Reason = pointer[string](f.change("reason", 0))
		in.Gate = readGate(f)
		f.only("share", "state", "outcome", "reason", "gate")
		// One that has ended is told before what is wrong with the request.
		invalid = f.found.err()
		f.found = &fieldProblems{}
	})
	if err != nil {
		return err
	}
	if err := a.allowPlace(c, func(ctx context.Context, uuid string) (kernel.Version, kernel.Environment, error) {
		r, err := a.service.Rollout.Find(ctx, uuid)
		return r.Version, r.Environment, err
	}); err != nil {
		return err
	}
	in.Invalid = invalid
	r, err := a.service.Rollout.Change(a.signed(c), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, rolloutDoc(a.links(c), r))
}

func (a *API) getRollout(c echo.Context) error {
	r, err := a.service.Rollout.Find(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, rolloutDoc(a.links(c), r))
}

// listRollouts lists those of an environment, the newest first, a page at a time.
func (a *API) listRollouts(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	list, environment, more, err := a.service.Rollout.List(c.Request().Context(), rollout.Query{
		Environment: c.Param("environment"), Pacticipant: q.text("pacticipant"), State: kernel.RolloutState(q.text("state")), Before: q.text("before"),
	})
	if err != nil {
		return err
	}
	l := a.links(c)
	r := rolloutList(l, list).Link("self", hal.Link{Href: a.selfWithQuery(c), Title: "Rollouts to " + environment.DisplayName})
	if more {
		r.Link("next", hal.Link{Href: l.RolloutsAfter(environment.UUID, q.text("pacticipant"), q.text("state"), list[len(list)-1].UUID), Title: "Older rollouts"})
	}
	return writeHAL(c, http.StatusOK, r)
}

// listRolloutsOfVersion lists those of a version to an environment, the newest first.
func (a *API) listRolloutsOfVersion(c echo.Context) error {
	in := rolloutPlace(c)
	list, environment, err := a.service.Rollout.OfVersion(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, rolloutList(a.links(c), list).Link("self", hal.Link{
		Href: a.selfWithQuery(c), Title: "Rollouts of " + in.Pacticipant + " version " + in.Version + " to " + environment.DisplayName}))
}

func rolloutList(l links.Links, list []kernel.Rollout) *hal.Resource {
	docs := make([]*hal.Resource, 0, len(list))
	for _, r := range list {
		docs = append(docs, rolloutDoc(l, r))
	}
	return hal.New().Embed("rollouts", docs)
}

func rolloutPlace(c echo.Context) rollout.Place {
	return rollout.Place{Pacticipant: c.Param("pacticipant"), Version: c.Param("version"), Environment: c.Param("environment")}
}

// rolloutDoc is one rollout.
func rolloutDoc(l links.Links, r kernel.Rollout) *hal.Resource {
	out := hal.New().Set("uuid", r.UUID).Set("state", string(r.State)).Set("strategy", r.Strategy).
		Set("share", json.Number(r.Share.String())).SetText("applicationInstance", r.Instance).
		Set("startedAt", hal.Time(r.StartedAt)).Set("startedBy", textOrNull(r.StartedBy))
	if !r.EndedAt.IsZero() {
		out.Set("endedAt", hal.Time(r.EndedAt)).Set("endedBy", textOrNull(r.EndedBy))
	}
	if r.Outcome != "" {
		out.Set("outcome", string(r.Outcome))
	}
	out.Set("reason", textOrNull(r.Reason))
	setAskedGate(out, l, r.Gate, r.Rollback)
	version := hal.New().Set("number", r.Version.Number).
		Link("self", titled("Pacticipant version", r.Version.Number, l.Version(r.Version.Pacticipant.Name, r.Version.Number)))
	out.Embed("pacticipant", pacticipantStub(l, r.Version.Pacticipant.Name)).Embed("version", version)
	if r.Previous != "" {
		out.Embed("previous", hal.New().Set("number", r.Previous).
			Link("self", titled("Pacticipant version", r.Previous, l.Version(r.Version.Pacticipant.Name, r.Previous))))
	}
	return out.Embed("environment", environmentDoc(l, r.Environment)).
		Link("self", hal.Link{Href: l.Rollout(r.UUID), Title: "Rollout of " + r.Version.Pacticipant.Name + " " + r.Version.Number}).
		Link("pb:environment", titled("Environment", r.Environment.Name, l.Environment(r.Environment.UUID))).
		Link("pb:deployed-version", hal.Link{Href: l.DeployedVersion(r.Record), Title: "The record of the candidate"}).
		Link("pb:rollouts", hal.Link{Href: l.Rollouts(r.Environment.UUID), Title: "Rollouts to " + r.Environment.DisplayName})
}

// setAskedGate says what the gate said to a rollout or a deployment, where it was asked,
// and whether it brings back what was there before.
func setAskedGate(r *hal.Resource, l links.Links, asked kernel.AskedGate, rollback kernel.Rollback) {
	if asked.Answer != 0 {
		r.Set("answer", asked.Answer).Link("pb:gate-answer", hal.Link{Href: l.GateAnswer(asked.Answer), Title: "What the gate said"})
	} else {
		r.Set("answer", nil)
	}
	r.Set("againstGate", asked.Against)
	if rollback == kernel.SaidRollback || rollback == kernel.InferredRollback {
		r.Set("rollback", true).Set("inferred", rollback == kernel.InferredRollback)
	}
}

// pointer is what a change gives, nil if nothing was given.
func pointer[T ~string](c registry.Change) *T {
	if !c.Given {
		return nil
	}
	out := T(c.Value)
	return &out
}

// readGate reads whether the gate is to be asked first.
func readGate(f *form) rollout.Gate {
	return rollout.Gate(f.oneOf("gate", string(rollout.AskGate), string(rollout.SkipGate)))
}

// longestShare is in characters: no number of two decimals needs more.
const longestShare = 20

// readShare reads a per cent with at most two decimals, nil if there is none.
func readShare(f *form) *kernel.Share {
	value, given := f.values["share"]
	if !given || value == nil {
		return nil
	}
	const wrong = "must be a number from 0 to 100, with at most two decimals"
	number, isNumber := value.(json.Number)
	parsed, ok := new(big.Rat), false
	if isNumber && len(number) <= longestShare && !strings.ContainsAny(string(number), "eE") {
		parsed, ok = parsed.SetString(string(number))
	}
	if !ok || !parsed.Mul(parsed, big.NewRat(100, 1)).IsInt() || parsed.Sign() < 0 || parsed.Cmp(big.NewRat(int64(kernel.WholeShare), 1)) > 0 {
		f.fail("share", wrong)
		return nil
	}
	share := kernel.Share(parsed.Num().Int64())
	return &share
}

// only notes the members that nobody reads.
func (f *form) only(names ...string) {
	var unknown []string
	for name := range f.values {
		if !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		f.fail(name, "is not known here; known are "+strings.Join(names, ", "))
	}
}

// addWhatIsInTheWay adds to the error of a request for a place what is in its way.
func (a *API) addWhatIsInTheWay(c echo.Context, err error, body *hal.Object) error {
	var refused *rollout.Refused
	var taken *rollout.Taken
	l := a.links(c)
	switch {
	case errors.As(err, &refused):
		doc, err := matrixDoc(l, refused.Answer)
		if err != nil {
			return err
		}
		if refused.Number != 0 {
			doc.Link("pb:gate-answer", hal.Link{Href: l.GateAnswer(refused.Number), Title: "This answer, kept"})
		}
		body.Set("answer", doc)
	case errors.As(err, &taken):
		body.Set("rollout", l.Rollout(taken.Rollout.UUID)).Set("version", taken.Rollout.Version.Number)
	}
	return nil
}
