package overview

import (
	"context"
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// resultsOfVersion is how many results of a provider version are looked at.
const resultsOfVersion = 100

// VersionAnswer is what is known of one version.
type VersionAnswer struct {
	kernel.VersionDetails
	Application kernel.Pacticipant
	// Published are its pacts, each with its newest result.
	Published []kernel.Pact
	// Results are what it answered as a provider, newest first: the last result for
	// each content. MoreResults says that there are more.
	Results     []ProviderResult
	MoreResults bool
	// Gates say where it may go, in the order of Environments.
	Gates []matrix.Decision
}

// ProviderResult is a result with the pact that it is about.
type ProviderResult struct {
	matrix.Result
	Pact kernel.PactPublication
}

// versionName names a version.
type versionName struct{ application, number string }

// LookAtVersion tells all of a version at one moment, and asks the gate nothing
// that is kept. The answer is kept while nothing changes, and nobody changes it. It
// returns CodeNotFound for an unknown application or version.
func (s *Service) LookAtVersion(ctx context.Context, application, number string) (VersionAnswer, error) {
	return s.versions.Of(versionName{application, number}, newStanding[VersionAnswer]).look(ctx, s.Store, func(memory *matrix.Memory) (VersionAnswer, error) {
		return s.lookAtVersion(ctx, memory, application, number)
	})
}

func (s *Service) lookAtVersion(ctx context.Context, memory *matrix.Memory, application, number string) (VersionAnswer, error) {
	var out VersionAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out = VersionAnswer{}
		if out.Application, err = kernel.FindParty(tx, kernel.RolePacticipant, application); err != nil {
			return err
		}
		out.Version, err = tx.FindVersion(out.Application.ID, number)
		if kernel.IsNotFound(err) {
			return kernel.Errorf(kernel.CodeNotFound, "%s has no version %q.", out.Application.Name, number)
		}
		if err != nil {
			return err
		}
		told, results, err := out.describe(tx)
		if err != nil {
			return err
		}
		if err := out.addContracts(tx, results); err != nil {
			return err
		}
		return out.addGates(tx, memory, told)
	})
	return out, err
}

// describe reads what hangs on the version, and what the gate will need.
func (v *VersionAnswer) describe(tx kernel.Tx) (about told, results []matrix.Result, err error) {
	ids := []int64{v.ID}
	err = tx.Together(func() error {
		branches, tags, err := kernel.BranchesAndTagsOf(tx, ids)
		v.Branches, v.Tags = branches[v.ID], tags[v.ID]
		return err
	}, func() error {
		pacts, err := kernel.PactsOf(tx, ids)
		v.Pacts = pacts[v.ID]
		return err
	}, func() error {
		deployed, err := tx.DeployedOf(ids)
		v.Deployed = deployed[v.ID]
		return err
	}, func() error {
		released, err := tx.ReleasedOf(ids)
		v.Released = released[v.ID]
		return err
	}, func() (err error) {
		v.Environments, err = listEnvironments(tx)
		return err
	}, func() (err error) {
		about, err = overviewParties(tx, Query{Application: v.Application.Name, found: v.Application})
		return err
	}, func() (err error) {
		results, err = tx.MatrixFacts(time.Time{}).ListResults(matrix.ResultQuery{ProviderVersions: ids, Max: resultsOfVersion + 1})
		return err
	})
	return about, results, err
}

// addContracts adds the pacts on both sides of the version.
func (v *VersionAnswer) addContracts(tx kernel.Tx, results []matrix.Result) error {
	if len(results) > resultsOfVersion {
		results, v.MoreResults = results[:resultsOfVersion], true
	}
	contents := make([]int64, len(results))
	for i, r := range results {
		contents[i] = r.ContentID
	}
	var pacts map[int64]kernel.PactPublication
	err := tx.Together(func() (err error) {
		if v.Published, err = kernel.DescribePacts(tx, v.Pacts); err != nil {
			return err
		}
		return preferMain(tx, v.Published)
	}, func() (err error) {
		pacts, err = tx.NotableRevisions(contents)
		return err
	})
	for _, r := range results {
		if pact, has := pacts[r.ContentID]; has { // otherwise its publications were deleted
			v.Results = append(v.Results, ProviderResult{Result: r, Pact: pact})
		}
	}
	return err
}

// addGates judges the version for each environment, as if it were the head.
func (v *VersionAnswer) addGates(tx kernel.Tx, memory *matrix.Memory, about told) error {
	asked := matrix.Version{ID: v.ID, Order: v.Order, PacticipantID: v.Application.ID, Number: v.Number, CreatedAt: v.CreatedAt}
	board, err := about.board(tx, kernel.NamesOf(v.Environments), asked)
	if err != nil {
		return err
	}
	for _, e := range v.Environments {
		decision, err := board.Verdict(memory, v.Application.Name, e.Name)
		if err != nil {
			return fmt.Errorf("judge %s: %w", v.Application.Name, err)
		}
		v.Gates = append(v.Gates, decision)
	}
	return nil
}
