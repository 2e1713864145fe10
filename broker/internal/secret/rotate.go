package secret

import (
	"context"
	"errors"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// rotateStep is how many secrets are encrypted anew in one transaction.
const rotateStep = 50

// Rotate encrypts with the newest key whatever was encrypted with another one, and
// returns how many that were. It works in steps, each of which stays done: who was
// interrupted begins again and goes on. Secrets that cannot be opened stay as they are
// and are named in the error.
func (s *Service) Rotate(ctx context.Context) (done int, err error) {
	if !s.Keys.Any() {
		return 0, errNoKey()
	}
	var failed []error
	for after := int64(0); ; {
		var step []kernel.Secret
		err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
			step, err = tx.SealedOtherwise(s.Keys.Newest(), after, rotateStep)
			return err
		})
		if err != nil {
			return done, err
		}
		if len(step) == 0 {
			return done, errors.Join(failed...)
		}
		n, wrong, err := s.rotateStep(ctx, step)
		if err != nil {
			return done, err
		}
		done, failed, after = done+n, append(failed, wrong...), step[len(step)-1].ID
	}
}

// rotateStep encrypts some secrets anew, each as it is under its lock.
func (s *Service) rotateStep(ctx context.Context, step []kernel.Secret) (done int, wrong []error, err error) {
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		done, wrong = 0, nil
		for _, one := range step {
			present, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Secret, error) { return tx.FindSecret(one.UUID) })
			if kernel.IsNotFound(err) || err == nil && present.Key == s.Keys.Newest() {
				continue
			}
			if err != nil {
				return err
			}
			value, broken := s.Keys.open(present)
			if broken != nil {
				wrong = append(wrong, broken)
				continue
			}
			if err := s.Keys.seal(&present, value); err != nil {
				return err
			}
			if err := tx.SaveSecret(present); err != nil {
				return err
			}
			done++
		}
		return nil
	})
	return done, wrong, err
}
