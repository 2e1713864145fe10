package rollout

import (
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Refused is the error of a request that asked the gate first, which did not say yes.
// Nothing is recorded.
type Refused struct {
	err *kernel.Error
	// Answer is what the gate said, and Number that of the kept answer; 0 if it could not
	// be kept.
	Answer   gate.MatrixAnswer
	Number   int64
	question gate.CanIDeployQuery
}

func refuse(q gate.CanIDeployQuery, answer gate.MatrixAnswer) *Refused {
	text := firstSentence(answer.Decision)
	if text == "" {
		text = "The gate did not say yes."
	}
	return &Refused{err: kernel.Errorf(kernel.CodeConflict, "%s", text).WithReason(kernel.ReasonGateRefused), Answer: answer, question: q}
}

// Error returns the first sentence of the gate.
func (e *Refused) Error() string { return e.err.Error() }

// Unwrap returns the error of the domain.
func (e *Refused) Unwrap() error { return e.err }

// Taken is the error of a request for a place where another rollout is in the way.
type Taken struct {
	err *kernel.Error
	// Rollout is the one that is in the way.
	Rollout kernel.Rollout
}

// Error says which one it is, and what to do.
func (e *Taken) Error() string { return e.err.Error() }

// Unwrap returns the error of the domain.
func (e *Taken) Unwrap() error { return e.err }

// taken is rule R9.
func taken(r kernel.Rollout) *Taken {
	return &Taken{Rollout: r, err: kernel.Errorf(kernel.CodeConflict,
		"A rollout of version %s of %s is running in %s%s. Abort or promote it first.",
		r.Version.Number, r.Version.Pacticipant.Name, r.Environment.Name, inInstance(r.Instance)).WithReason(kernel.ReasonRolloutRunning)}
}

// ended is rule R7.
func ended(r kernel.Rollout) *Taken {
	next := "Start another one."
	if r.State == kernel.RolloutPromoted {
		next = "To go back, use treaty rollback."
	}
	return &Taken{Rollout: r, err: kernel.Errorf(kernel.CodeConflict,
		"This rollout of version %s of %s was %s and stays so. %s", r.Version.Number, r.Version.Pacticipant.Name, r.State, next).WithReason(kernel.ReasonRolloutEnded)}
}

func alreadyDeployed(d kernel.DeployedVersion) error {
	return kernel.Errorf(kernel.CodeConflict, "Version %s of %s is deployed in %s%s already.",
		d.Version.Number, d.Version.Pacticipant.Name, d.Environment.Name, inInstance(d.Instance)).WithReason(kernel.ReasonAlreadyDeployed)
}

func inInstance(instance string) string {
	if instance == "" {
		return ""
	}
	return ", instance " + instance
}
