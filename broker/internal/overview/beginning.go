package overview

import (
	"cmp"
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// mostBeginning is how many pairs a broker has while somebody is led through the
// first steps: with more, people know their way, whatever they asked.
const mostBeginning = 5

// Beginning is how far the first steps were taken, of which the last is the first
// answer of the gate.
type Beginning struct {
	// Over says that there is nothing to lead to any more.
	Over bool
	// Empty says that nothing at all is known, neither an application nor an
	// environment: then there is nothing that sample data could mix with.
	Empty bool
	// Pact is the latest of the pair that has come farthest, with its newest result;
	// nil while nothing is published.
	Pact *kernel.Pact
	// Environment is the first in the order of pages, "" if there is none.
	Environment string
	// DeployedTo is where the provider is, "" if it is nowhere.
	DeployedTo string
}

// LookAtBeginning tells how far the first steps were taken.
func (s *Service) LookAtBeginning(ctx context.Context) (Beginning, error) {
	var out Beginning
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = Beginning{}
		var answers []kernel.GateAnswer
		var integrations []kernel.Integration
		var environments []kernel.Environment
		applications := 0
		if err := tx.Together(func() (err error) {
			answers, err = tx.ListGateAnswers(kernel.GateHistoryQuery{Limit: 1})
			return err
		}, func() (err error) {
			integrations, _, err = tx.ListIntegrations(kernel.IntegrationQuery{Page: kernel.Page{Number: 1, Size: mostBeginning + 1}})
			return err
		}, func() (err error) {
			environments, err = listEnvironments(tx)
			return err
		}, func() (err error) {
			_, applications, err = tx.ListPacticipants(kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: 1}})
			return err
		}); err != nil {
			return err
		}
		if out.Over = len(answers) > 0 && len(integrations) > 0 || len(integrations) > mostBeginning; out.Over {
			return nil
		}
		out.Empty = applications == 0 && len(environments) == 0
		if len(environments) > 0 {
			out.Environment = environments[0].Name
		}
		return out.addPair(tx, integrations, environments)
	})
	return out, err
}

// addPair finds the pair that has come farthest.
func (b *Beginning) addPair(tx kernel.Tx, integrations []kernel.Integration, environments []kernel.Environment) error {
	pairs := make([][2]int64, len(integrations))
	for i, in := range integrations {
		pairs[i] = [2]int64{in.Consumer.ID, in.Provider.ID}
	}
	latest, err := tx.LatestPublications(pairs)
	if err != nil || len(latest) == 0 {
		return err
	}
	var pacts []kernel.Pact
	var there places
	if err := tx.Together(func() (err error) {
		pacts, err = kernel.DescribePacts(tx, latest)
		return err
	}, func() (err error) {
		there, err = readPlaces(tx, 0)
		return err
	}); err != nil {
		return err
	}
	farthest := slices.MaxFunc(pacts, compareProgress)
	b.Pact = &farthest
	for _, e := range slices.Backward(environments) {
		here := EnvironmentState{Deployed: there.deployed[e.ID], Released: there.released[e.ID]}
		if len(here.versions()[b.Pact.Provider.Name]) > 0 {
			b.DeployedTo = e.Name
		}
	}
	return nil
}

// compareProgress orders pacts by how far they have come, and equal ones by name.
func compareProgress(a, b kernel.Pact) int {
	far := func(p kernel.Pact) int {
		switch v := p.LatestVerification; {
		case v == nil:
			return 0
		case v.Success:
			return 2
		}
		return 1
	}
	return cmp.Or(far(a)-far(b), cmp.Compare(b.Consumer.Name, a.Consumer.Name), cmp.Compare(b.Provider.Name, a.Provider.Name))
}
