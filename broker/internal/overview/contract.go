package overview

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// recentContracts is how many contracts of a pair are listed beside one.
const recentContracts = 30

// ContractQuery names a contract of a pair: that of a version, the newest of a
// branch or, where neither is given, the newest of the consumer's main branch.
type ContractQuery struct {
	Consumer, Provider string
	Version            string
	Branch             string
}

// ContractAnswer is a contract with what became of it.
type ContractAnswer struct {
	kernel.Pact
	// Choice says which one it is.
	Choice ContractChoice
	// Branch is the one that it was chosen by.
	Branch string
	// Result is the newest result of the content by the main branch of the provider or,
	// without one, by any version, with its details; nil if it has none.
	Result *kernel.Verification
	// Later is a newer result of another branch, nil if there is none.
	Later *kernel.Verification
	// State is what the newest version of the consumer asks of the provider.
	State ContractState
	// Recent are the newest contracts of the pair, without body.
	Recent []kernel.Pact
}

// ContractChoice says by what a contract was chosen.
type ContractChoice int

// The choices.
const (
	// ChoiceVersion is the contract of the version that was asked for.
	ChoiceVersion ContractChoice = iota
	// ChoiceBranch is the newest of the branch that was asked for.
	ChoiceBranch
	// ChoiceMain is the newest of the main branch.
	ChoiceMain
	// ChoiceLatest is the newest of all, where the main branch has none or is not
	// known.
	ChoiceLatest
)

// LookAtContract tells of a contract at one moment. It returns CodeNotFound if
// there is none.
func (s *Service) LookAtContract(ctx context.Context, q ContractQuery) (ContractAnswer, error) {
	var out ContractAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = ContractAnswer{}
		consumer, provider, err := kernel.FindPair(tx, q.Consumer, q.Provider)
		if err != nil {
			return err
		}
		if err := out.choose(tx, q, consumer, provider); err != nil {
			return err
		}
		return out.describe(tx, consumer)
	})
	return out, err
}

func (c *ContractAnswer) choose(tx kernel.Tx, q ContractQuery, consumer, provider kernel.Pacticipant) (err error) {
	filter := kernel.PublicationFilter{ConsumerID: consumer.ID, ProviderID: provider.ID, Limit: 1}
	switch {
	case q.Version != "":
		c.PactPublication, _, err = kernel.FindPublication(tx, kernel.PactQuery{Consumer: consumer.Name, Provider: provider.Name, Version: q.Version})
		return orNoContract(err, "%s %s has no contract with %s.", consumer.Name, q.Version, provider.Name)
	case q.Branch != "":
		c.Choice, c.Branch, filter.Branch = ChoiceBranch, q.Branch, q.Branch
		c.PactPublication, err = kernel.FirstPublication(tx, filter)
		return orNoContract(err, "No version on branch %s of %s has a contract with %s.", q.Branch, consumer.Name, provider.Name)
	case consumer.MainBranch != "":
		onMain := filter
		onMain.Branch = consumer.MainBranch
		if c.PactPublication, err = kernel.FirstPublication(tx, onMain); !kernel.IsNotFound(err) {
			c.Choice, c.Branch = ChoiceMain, consumer.MainBranch
			return err
		}
	}
	c.Choice = ChoiceLatest
	c.PactPublication, err = kernel.FirstPublication(tx, filter)
	return orNoContract(err, "%s has no contract with %s.", consumer.Name, provider.Name)
}

func orNoContract(err error, format string, args ...any) error {
	if kernel.IsNotFound(err) {
		return kernel.Errorf(kernel.CodeNotFound, format, args...)
	}
	return err
}

// describe adds to the publication what is shown of it.
func (c *ContractAnswer) describe(tx kernel.Tx, consumer kernel.Pacticipant) error {
	var described []kernel.Pact
	var body []byte
	var recent []kernel.PactPublication
	var head kernel.Version
	if err := tx.Together(func() (err error) {
		described, err = kernel.DescribePacts(tx, []kernel.PactPublication{c.PactPublication})
		return err
	}, func() (err error) {
		body, err = tx.Body(c.ContentID)
		return err
	}, func() (err error) {
		recent, err = tx.ListPublications(kernel.PublicationFilter{ConsumerID: c.Consumer.ID, ProviderID: c.Provider.ID, Limit: recentContracts})
		return err
	}, func() (err error) {
		head, _, err = headOf(tx, consumer)
		return err
	}); err != nil {
		return err
	}
	c.Pact, c.Body = described[0], body
	c.State = ContractState{Version: head.Number}
	newest := c.LatestVerification
	if err := tx.Together(func() (err error) {
		if c.Recent, err = kernel.DescribePacts(tx, recent); err != nil {
			return err
		}
		counting := append([]kernel.Pact{c.Pact}, c.Recent...)
		err = preferMain(tx, counting)
		c.LatestVerification, c.Recent = counting[0].LatestVerification, counting[1:]
		return err
	}, func() error {
		has, err := kernel.Exists(tx.FindPublication(head.ID, c.Provider.ID))
		c.State.Dropped = !has
		return err
	}); err != nil || newest == nil {
		return err
	}
	if c.LatestVerification.ID != newest.ID {
		c.Later = newest
	}
	return c.addDetail(tx)
}

// addDetail reads what the verifier sent of the result that counts, and the branches of
// a later one.
func (c *ContractAnswer) addDetail(tx kernel.Tx) error {
	detailed := *c.LatestVerification
	c.Result = &detailed
	return tx.Together(func() error {
		return kernel.AddDetail(tx, c.Result)
	}, func() error {
		if c.Later == nil {
			return nil
		}
		later := *c.Later
		c.Later = &later
		return kernel.DescribeProvider(tx, c.Later)
	})
}

// headOf is the newest version of the main branch or, without one, the latest, and
// whether it is of the main branch.
func headOf(tx kernel.Tx, p kernel.Pacticipant) (kernel.Version, bool, error) {
	if p.MainBranch != "" {
		head, err := kernel.LatestVersion(tx, p, kernel.LatestVersionQuery{Branch: p.MainBranch})
		if !kernel.IsNotFound(err) {
			return head, err == nil, err
		}
	}
	latest, err := tx.FindLatestVersion(p.ID)
	return latest, false, err
}
