package rollout

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Gate says whether a request asks first. A fact is never refused; a question may be.
type Gate string

// What a request may say of the gate.
const (
	// AskGate records only what the gate says yes to.
	AskGate Gate = "ask"
	// SkipGate records what happened, whatever the gate says.
	SkipGate Gate = "skip"
)

// Place is where a version comes to.
type Place struct {
	Pacticipant string
	Version     string
	// Environment is a uuid.
	Environment string
	// Instance is the application instance; empty means none.
	Instance string
}

// Start asks to start a rollout.
type Start struct {
	Place
	// Strategy is rolling if it is empty.
	Strategy string
	Share    kernel.Share
	// Gate is AskGate if it is empty.
	Gate Gate
	// Rollback says whether it brings back what was there before; nil lets the broker
	// find out.
	Rollback *bool
	Reason   string
	// Asker is kept with the answer of the gate.
	Asker kernel.Asker
}

// longestStrategy is in characters.
const longestStrategy = 40

// Start starts a rollout, by rules R1 and R2. It returns the one that runs already, and
// created false, if that is of the same version (R8). It returns *Refused if the gate did
// not say yes, *Taken if another rollout runs in the place, and CodeConflict with
// ReasonAlreadyDeployed if the version is current there.
func (s *Service) Start(ctx context.Context, in Start) (out kernel.Rollout, created bool, err error) {
	if err := s.checkStart(&in); err != nil {
		return out, false, err
	}
	at := s.Moment()
	var refused *Refused
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		out, created, refused = kernel.Rollout{}, false, nil
		spot, err := s.hold(tx, in.Place)
		if err != nil {
			return err
		}
		switch {
		case spot.rollout.ID != 0 && spot.rollout.Version.ID == spot.version.ID:
			out = spot.rollout
			return nil
		case spot.current.ID != 0 && spot.current.Version.ID == spot.version.ID:
			return alreadyDeployed(spot.current)
		case spot.rollout.ID != 0:
			return taken(spot.rollout)
		}
		asked, refusal, err := s.askAbout(tx, spot.question(in.Asker), in.Gate)
		if err != nil {
			return err
		}
		if refusal != nil {
			refused = refusal
			return refusal
		}
		out, err = tx.StartRollout(kernel.Rollout{
			UUID: s.NewID(), Record: s.NewID(), Version: spot.version, Environment: spot.environment, Instance: in.Instance,
			Strategy: in.Strategy, Share: in.Share, State: kernel.RolloutRunning, StartedAt: at, UpdatedAt: at, StartedBy: kernel.ByOf(ctx).Name,
			Reason: in.Reason, Gate: asked, Rollback: kernel.RollbackOf(in.Rollback),
		})
		created = err == nil
		return err
	})
	if refused != nil {
		return out, false, s.keep(ctx, refused)
	}
	return out, created, err
}

// keep keeps the answer of a refusal. That cannot be written is no reason to give no
// answer at all.
func (s *Service) keep(ctx context.Context, refused *Refused) error {
	if number, err := s.gate.KeepRefusal(ctx, refused.question, refused.Answer); err == nil {
		refused.Number = number
	}
	return refused
}

func (s *Service) checkStart(in *Start) error {
	fields := kernel.Fields{}
	if in.Strategy == "" {
		in.Strategy = kernel.StrategyRolling
	}
	kernel.CheckLine(fields, "strategy", in.Strategy)
	if utf8.RuneCountInString(in.Strategy) > longestStrategy {
		fields.Add("strategy", "is longer than %d characters", longestStrategy)
	}
	checkShare(fields, in.Share)
	kernel.CheckReason(fields, "reason", in.Reason)
	if in.Instance != "" {
		s.CheckName(fields, "applicationInstance", in.Instance)
	}
	checkGate(fields, &in.Gate)
	return fields.Err()
}

func checkShare(fields kernel.Fields, share kernel.Share) {
	if share < 0 || share > kernel.WholeShare {
		fields.Add("share", "must be a number from 0 to 100, with at most two decimals")
	}
}

func checkGate(fields kernel.Fields, g *Gate) {
	switch *g {
	case "":
		*g = AskGate
	case AskGate, SkipGate:
	default:
		fields.Add("gate", "must be ask or skip")
	}
}

// spot is a place that is held, with what is there.
type spot struct {
	version     kernel.Version
	environment kernel.Environment
	// current has no identity where nothing is deployed, rollout none where none runs.
	current kernel.DeployedVersion
	rollout kernel.Rollout
}

// hold finds a place and holds it. Everything that asks and records is serial for an
// environment, by the lock of its row: the second sees what the first has recorded (R10).
func (s *Service) hold(tx kernel.Tx, in Place) (out spot, err error) {
	if out.version, err = kernel.FindVersion(tx, in.Pacticipant, in.Version); err != nil {
		return out, err
	}
	if out.environment, err = tx.FindEnvironment(in.Environment); err != nil {
		return out, err
	}
	return out, out.lock(tx, in.Instance)
}

// lock holds the application, the version and the environment, and looks what is there.
func (p *spot) lock(tx kernel.Tx, instance string) error {
	if err := tx.Lock(kernel.ToChange, kernel.Row{Kind: kernel.RowPacticipant, ID: p.version.Pacticipant.ID}, p.version.Row(), p.environment.Row()); err != nil {
		return err
	}
	live, err := tx.ListDeployedVersions(kernel.RecordFilter{PacticipantID: p.version.Pacticipant.ID, EnvironmentID: p.environment.ID, Instance: &instance, Current: true})
	if err != nil {
		return err
	}
	for _, d := range live {
		if !d.Candidate {
			p.current = d
		}
	}
	running, err := tx.ListRollouts(kernel.RolloutFilter{PacticipantID: p.version.Pacticipant.ID, EnvironmentID: p.environment.ID, Instance: &instance, State: kernel.RolloutRunning})
	if len(running) > 0 {
		p.rollout = running[0]
	}
	return err
}

// question is what the gate is asked about a place, by somebody.
func (p *spot) question(asker kernel.Asker) gate.CanIDeployQuery {
	return gate.CanIDeployQuery{Pacticipant: p.version.Pacticipant.Name, Version: p.version.Number, Environment: p.environment.Name, Asker: asker}
}

// askAbout asks the gate and keeps its answer. It returns a refusal, with which nothing is
// to be recorded, where somebody asked first and the answer is no yes.
func (s *Service) askAbout(tx kernel.Tx, q gate.CanIDeployQuery, how Gate) (asked kernel.AskedGate, refusal *Refused, err error) {
	answer, err := s.gate.AskWithin(tx, q)
	if err != nil {
		return asked, nil, err
	}
	against := answer.Decision.Verdict != matrix.Deployable
	if against && how == AskGate {
		return asked, refuse(q, answer), nil
	}
	number, err := s.gate.KeepWithin(tx, q, answer)
	return kernel.AskedGate{Answer: number, Against: against}, nil, err
}

// firstSentence is what the gate says first against something.
func firstSentence(d matrix.Decision) string {
	for _, e := range d.Explanations {
		if e.Blocking {
			return e.Sentence
		}
	}
	for _, r := range d.Reasons {
		return strings.TrimSuffix(r.String(), ".") + "."
	}
	return ""
}
