package overview

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/usage"
)

// UsageQuery asks what consumers use of a provider.
type UsageQuery struct {
	Provider string
	// Words narrow it to what has all of them in its endpoint, part or name, in any
	// case.
	Words string
	// Endpoint and Field narrow it to what [usage.Place.Is] and [usage.Place.Has]
	// say belongs to them.
	Endpoint, Field string
	// Consumer and Environment narrow it to what that consumer uses, and to what is
	// used by versions that are live there.
	Consumer, Environment string
}

// UsageAnswer is what consumers use of a provider, by the contracts that count: the
// newest of each consumer's main branch, and those of versions that are live.
type UsageAnswer struct {
	Provider kernel.Party
	// Contracts are those that count, by consumer; the narrowing leaves them all.
	Contracts []CountedContract
	// Uses are in the order of their places.
	Uses []FieldUse
	// Uncounted are consumers none of whose contracts counts.
	Uncounted []string
	// Partly are consumers whose contracts use more than is told, or cannot be read.
	Partly []string
}

// CountedContract is a version of a consumer whose contract counts.
type CountedContract struct {
	Consumer, Version string
	// Branch is the main branch that it is the newest of; empty if it is not.
	Branch string
	// Environments are those where it is live.
	Environments []kernel.Environment

	contentID int64
}

// in reports whether the version is live in an environment.
func (c CountedContract) in(environment string) bool {
	return slices.ContainsFunc(c.Environments, func(e kernel.Environment) bool { return e.Name == environment })
}

// FieldUse is a place with those who use it.
type FieldUse struct {
	usage.Place
	// By are the uses of each contract, by consumer.
	By []ContractUse
}

// Consumers are the names of those who use it, each once.
func (u FieldUse) Consumers() []string {
	var out []string
	for _, by := range u.By {
		if len(out) == 0 || out[len(out)-1] != by.Consumer {
			out = append(out, by.Consumer)
		}
	}
	return out
}

// ContractUse is how a contract uses something.
type ContractUse struct {
	CountedContract
	// Rule, How and Interactions are as in [usage.Use].
	Rule, How    string
	Interactions []string
}

// Environments are the places where something that is used is live, each once, in
// the order in which they are shown.
func (u FieldUse) Environments() []kernel.Environment {
	counted := make([]CountedContract, len(u.By))
	for i, by := range u.By {
		counted[i] = by.CountedContract
	}
	return placesOf(counted)
}

// Places are the environments where contracts that count are live, each once, in the
// order in which they are shown.
func (a UsageAnswer) Places() []kernel.Environment { return placesOf(a.Contracts) }

func placesOf(contracts []CountedContract) []kernel.Environment {
	seen := map[int64]kernel.Environment{}
	for _, c := range contracts {
		for _, e := range c.Environments {
			seen[e.ID] = e
		}
	}
	return kernel.ProductionFirst(slices.Collect(maps.Values(seen)))
}

// UsersIn are the versions that use something of what was asked for in an environment.
type UsersIn struct {
	Environment kernel.Environment
	Contracts   []CountedContract
}

// Breaks tells by environment which versions would break if all that was asked for
// went away. Environments where nobody would are there too.
func (a UsageAnswer) Breaks() []UsersIn {
	using := map[[2]string]bool{}
	for _, u := range a.Uses {
		for _, by := range u.By {
			using[[2]string{by.Consumer, by.Version}] = true
		}
	}
	var out []UsersIn
	for _, e := range a.Places() {
		in := UsersIn{Environment: e}
		for _, c := range a.Contracts {
			if using[[2]string{c.Consumer, c.Version}] && c.in(e.Name) {
				in.Contracts = append(in.Contracts, c)
			}
		}
		out = append(out, in)
	}
	return out
}

// usages keeps what contents use: a content never changes.
type usages struct {
	// turn is held by whoever looks.
	turn  chan struct{}
	of    map[int64]contentUses
	count int
	// looks counts looks, so that what the last did not ask for can go.
	looks int
}

type contentUses struct {
	uses  []usage.Use
	whole bool
	// look is the last that asked for it.
	look int
}

const (
	// usesKept bounds what is kept of all contents; it is some 20 MB.
	usesKept = 100_000
	// bodiesAtOnce is how many documents are in memory at a time.
	bodiesAtOnce = 16
)

func newUsages() *usages { return &usages{turn: make(chan struct{}, 1), of: map[int64]contentUses{}} }

// LookAtUsage tells who uses what of a provider. It returns CodeNotFound with
// kernel.ReasonUnknownName if there is no such application.
func (s *Service) LookAtUsage(ctx context.Context, q UsageQuery) (UsageAnswer, error) {
	var out UsageAnswer
	// Documents may be large: one look at a time reads them.
	select {
	case s.usages.turn <- struct{}{}:
		defer func() { <-s.usages.turn }()
	case <-ctx.Done():
		return out, ctx.Err()
	}
	var found map[int64]contentUses
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		provider, err := kernel.FindParty(tx, kernel.RoleProvider, q.Provider)
		if err != nil {
			return err
		}
		out = UsageAnswer{Provider: provider.Party()}
		if out.Contracts, out.Uncounted, err = contractsThatCount(tx, provider.ID); err != nil {
			return err
		}
		found, err = s.usages.find(tx, out.Contracts)
		return err
	})
	if err != nil {
		return out, err
	}
	out.gather(q, found)
	return out, nil
}

func contractsThatCount(tx kernel.Tx, provider int64) (out []CountedContract, uncounted []string, err error) {
	q := kernel.SelectedPactQuery{ProviderID: provider}
	onMain := q
	onMain.MainBranch = true
	var main, deployed, released, latest []kernel.SelectedPact
	if err := tx.Together(func() (err error) {
		main, err = tx.ListBranchPacts(onMain)
		return err
	}, func() (err error) {
		deployed, err = tx.ListDeployedPacts(q)
		return err
	}, func() (err error) {
		released, err = tx.ListReleasedPacts(q)
		return err
	}, func() (err error) {
		latest, err = tx.ListLatestPacts(q)
		return err
	}); err != nil {
		return nil, nil, err
	}
	byID, counted := map[int64]*CountedContract{}, map[int64]bool{}
	of := func(p kernel.SelectedPact) *CountedContract {
		counted[p.Consumer.ID] = true
		if byID[p.ID] == nil {
			byID[p.ID] = &CountedContract{Consumer: p.Consumer.Name, Version: p.ConsumerVersion.Number, contentID: p.ContentID}
		}
		return byID[p.ID]
	}
	for _, p := range main {
		of(p).Branch = p.Name
	}
	for _, p := range slices.Concat(deployed, released) {
		if c := of(p); p.Place != nil && !c.in(p.Place.Name) {
			c.Environments = append(c.Environments, *p.Place)
		}
	}
	for _, p := range latest {
		if !counted[p.Consumer.ID] {
			uncounted = append(uncounted, p.Consumer.Name)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		out = append(out, *byID[id])
	}
	slices.SortStableFunc(out, func(a, b CountedContract) int { return cmp.Compare(a.Consumer, b.Consumer) })
	slices.Sort(uncounted)
	return out, slices.Compact(uncounted), nil
}

// find tells what the contents of contracts use, and keeps it.
func (u *usages) find(tx kernel.Tx, contracts []CountedContract) (map[int64]contentUses, error) {
	u.looks++
	found := make(map[int64]contentUses, len(contracts))
	var missing []int64
	for _, c := range contracts {
		if _, twice := found[c.contentID]; twice {
			continue
		}
		kept, known := u.of[c.contentID]
		if known {
			kept.look = u.looks
			u.of[c.contentID] = kept
		} else {
			missing = append(missing, c.contentID)
		}
		found[c.contentID] = kept
	}
	for ids := range slices.Chunk(missing, bodiesAtOnce) {
		bodies := make([][]byte, len(ids))
		looks := make([]func() error, len(ids))
		for i, id := range ids {
			looks[i] = func() (err error) {
				bodies[i], err = tx.Body(id)
				return err
			}
		}
		if err := tx.Together(looks...); err != nil {
			return nil, err
		}
		for i, id := range ids {
			found[id] = u.keep(id, bodies[i])
		}
	}
	return found, nil
}

// keep takes a content apart, and keeps that as long as there is room: for it others go
// that this look has not asked for, so that a look that needs more than there is room
// for still finds most of it the next time.
func (u *usages) keep(id int64, body []byte) contentUses {
	c := contentUses{look: u.looks}
	if pact, err := contract.Decode(body); err == nil {
		c.uses, c.whole = usage.Of(pact)
	}
	weight := func(c contentUses) int { return len(c.uses) + 1 }
	for other, kept := range u.of {
		if u.count+weight(c) <= usesKept {
			break
		}
		if kept.look < u.looks {
			delete(u.of, other)
			u.count -= weight(kept)
		}
	}
	if u.count+weight(c) <= usesKept {
		u.of[id] = c
		u.count += weight(c)
	}
	return c
}

// gather puts the uses of all contracts together, as far as they are asked for.
func (a *UsageAnswer) gather(q UsageQuery, found map[int64]contentUses) {
	words := strings.Fields(strings.ToLower(q.Words))
	byPlace := map[usage.Place]*FieldUse{}
	for _, c := range a.Contracts {
		if q.Consumer != "" && c.Consumer != q.Consumer || q.Environment != "" && !c.in(q.Environment) {
			continue
		}
		of := found[c.contentID]
		if !of.whole && !slices.Contains(a.Partly, c.Consumer) {
			a.Partly = append(a.Partly, c.Consumer)
		}
		for _, use := range of.uses {
			if !has(use.Place, words) || q.Endpoint != "" && !use.Is(q.Endpoint) || q.Field != "" && !use.Has(q.Field) {
				continue
			}
			if byPlace[use.Place] == nil {
				byPlace[use.Place] = &FieldUse{Place: use.Place}
			}
			byPlace[use.Place].By = append(byPlace[use.Place].By, ContractUse{c, use.Rule, use.How, use.Interactions})
		}
	}
	for _, u := range byPlace {
		a.Uses = append(a.Uses, *u)
	}
	slices.SortFunc(a.Uses, func(a, b FieldUse) int { return a.Compare(b.Place) })
}

func has(p usage.Place, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(p.Endpoint() + " " + string(p.Part) + " " + p.Name + " " + p.Field())
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
