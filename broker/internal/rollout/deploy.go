package rollout

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Deploy asks to record a deployment, if the gate says yes.
type Deploy struct {
	Place
	// Rollback says whether it brings back what was there before; nil lets the broker
	// find out.
	Rollback *bool
	Reason   string
	Asker    kernel.Asker
}

// Deploy asks the gate and records a deployment in one transaction, so that two that ask
// at once do not both get a yes. It returns *Refused if the gate did not say yes. What is
// current already is only returned, and what is there as a candidate is promoted.
func (s *Service) Deploy(ctx context.Context, in Deploy) (out kernel.DeployedVersion, err error) {
	fields := kernel.Fields{}
	kernel.CheckReason(fields, "reason", in.Reason)
	if in.Instance != "" {
		s.CheckName(fields, "applicationInstance", in.Instance)
	}
	if err := fields.Err(); err != nil {
		return out, err
	}
	at := s.Moment()
	var refused *Refused
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		refused = nil
		p, err := s.hold(tx, in.Place)
		if err != nil {
			return err
		}
		if p.current.ID != 0 && p.current.Version.ID == p.version.ID {
			out = p.current
			return nil
		}
		q := p.question(in.Asker)
		q.Promoting = p.rollout.ID != 0 && p.rollout.Version.ID == p.version.ID
		asked, refusal, err := s.askAbout(tx, q, AskGate)
		if err != nil {
			return err
		}
		if refusal != nil {
			refused = refusal
			return refusal
		}
		out, err = tx.RecordDeployment(kernel.DeployedVersion{
			UUID: s.NewID(), Version: p.version, Environment: p.environment, Instance: in.Instance, CreatedAt: at,
			Gate: asked, Rollback: kernel.RollbackOf(in.Rollback), Reason: in.Reason, By: kernel.ByOf(ctx).Name,
		})
		return err
	})
	if refused != nil {
		return out, s.keep(ctx, refused)
	}
	return out, err
}
