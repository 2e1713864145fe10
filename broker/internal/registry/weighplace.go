package registry

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// DoomedPlace is an environment with what is in it now and goes when it is deleted.
type DoomedPlace struct {
	kernel.Environment
	Deployed []kernel.DeployedVersion
	Released []kernel.ReleasedVersion
}

// WeighEnvironment says what is in an environment now. It returns CodeNotFound for an
// unknown one.
func (s *Service) WeighEnvironment(ctx context.Context, uuid string) (DoomedPlace, error) {
	var out DoomedPlace
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		if out.Environment, err = tx.FindEnvironment(uuid); err != nil {
			return err
		}
		current := kernel.RecordFilter{EnvironmentID: out.ID, Current: true}
		return tx.Together(func() (err error) {
			out.Deployed, err = tx.ListDeployedVersions(current)
			return err
		}, func() (err error) {
			out.Released, err = tx.ListReleasedVersions(current)
			return err
		})
	})
	return out, err
}
