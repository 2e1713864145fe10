package overview

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/exact"
	"github.com/treatyhq/treaty/internal/members"
)

// ProviderStateUse is a provider state and who relies on it.
type ProviderStateUse struct {
	Name      string
	Params    json.RawMessage // a JSON object, or nil
	Consumers []string        // in the order of their versions
}

// ListProviderStates returns the states that consumers rely on: in the pacts of
// main-branch heads, of heads of branch, or of what is live in an environment
// (name or uuid). At most one of branch and environment is set.
func (s *Service) ListProviderStates(ctx context.Context, provider, branch, environment string) ([]ProviderStateUse, error) {
	var out []ProviderStateUse
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := kernel.FindParty(tx, kernel.RoleProvider, provider)
		if err != nil {
			return err
		}
		pacts, err := pactsForStates(tx, p, branch, environment)
		if err != nil {
			return err
		}
		found := make([]stateUses, len(pacts))
		looks := make([]func() error, len(pacts))
		for i, pact := range pacts {
			looks[i] = func() error {
				body, err := tx.Body(pact.ContentID)
				found[i] = make(stateUses)
				found[i].add(pact.Consumer.Name, body)
				return err
			}
		}
		if err := tx.Together(looks...); err != nil {
			return err
		}
		uses := make(stateUses)
		for _, of := range slices.Backward(found) {
			uses.merge(of)
		}
		out = uses.list()
		return nil
	})
	return out, err
}

func pactsForStates(tx kernel.Tx, provider kernel.Pacticipant, branch, environment string) ([]kernel.PactPublication, error) {
	if environment == "" {
		return tx.ListPublications(kernel.PublicationFilter{ProviderID: provider.ID, Branch: branch, MainBranch: branch == "", HeadOnly: true})
	}
	e, err := tx.FindEnvironmentByName(environment)
	if kernel.IsNotFound(err) {
		e, err = tx.FindEnvironment(environment)
	}
	if err != nil {
		if kernel.IsNotFound(err) {
			return nil, nil
		}
		return nil, err
	}
	live := make(map[int64]bool)
	there, err := readPlaces(tx, e.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range there.deployed[e.ID] {
		live[d.Version.ID] = true
	}
	for _, r := range there.released[e.ID] {
		live[r.Version.ID] = true
	}
	if len(live) == 0 {
		return nil, nil
	}
	return tx.ListPublications(kernel.PublicationFilter{ProviderID: provider.ID, VersionIDs: slices.Sorted(maps.Keys(live))})
}

// stateUses collects states by name and parameters.
type stateUses map[string]*ProviderStateUse

func (u stateUses) add(consumer string, body []byte) {
	// Structs would take members whose names differ in case for these.
	type object = map[string]json.RawMessage
	var pact object
	if json.Unmarshal(body, &pact) != nil {
		return // a document without interactions has no states
	}
	for _, list := range []string{"interactions", "messages"} {
		var interactions []object
		_ = json.Unmarshal(pact[list], &interactions) // what is not an object is none
		for _, i := range interactions {
			for _, role := range []string{"providerState", "provider_state"} {
				if name, _ := members.Text(i[role]); name != "" {
					u.use(consumer, name, nil)
				}
			}
			var states []object
			if json.Unmarshal(i["providerStates"], &states) != nil {
				continue
			}
			for _, state := range states {
				name, _ := members.Text(state["name"])
				u.use(consumer, name, state["params"])
			}
		}
	}
}

func (u stateUses) use(consumer, name string, params json.RawMessage) {
	if string(params) == "null" {
		params = nil
	}
	canonical, _ := exact.Value(params) // nothing stays nil
	key, _ := json.Marshal([]any{name, canonical})
	entry := u[string(key)]
	if entry == nil {
		entry = &ProviderStateUse{Name: name, Params: bytes.Clone(params)}
		u[string(key)] = entry
	}
	if !slices.Contains(entry.Consumers, consumer) {
		entry.Consumers = append(entry.Consumers, consumer)
	}
}

// merge adds the uses of a pact.
func (u stateUses) merge(of stateUses) {
	for key, use := range of {
		if u[key] == nil {
			u[key] = use
			continue
		}
		for _, consumer := range use.Consumers {
			if !slices.Contains(u[key].Consumers, consumer) {
				u[key].Consumers = append(u[key].Consumers, consumer)
			}
		}
	}
}

func (u stateUses) list() []ProviderStateUse {
	out := make([]ProviderStateUse, 0, len(u))
	for _, key := range slices.Sorted(maps.Keys(u)) {
		out = append(out, *u[key])
	}
	slices.SortStableFunc(out, func(a, b ProviderStateUse) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
