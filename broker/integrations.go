package broker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/treatyhq/treaty/internal/members"
)

// ListIntegrations returns the integrations, last changed first.
func (s *Service) ListIntegrations(ctx context.Context, q IntegrationQuery) (Paged[Integration], error) {
	out := Paged[Integration]{Page: q.Page}
	err := s.Store.View(ctx, func(tx Tx) error {
		var err error
		out.Items, out.Total, err = tx.ListIntegrations(q)
		return err
	})
	return out, err
}

// DeleteIntegration deletes a pair with all its data. It returns CodeNotFound for
// a pair that never had a pact.
func (s *Service) DeleteIntegration(ctx context.Context, consumer, provider string) error {
	if err := s.thinIntegration(ctx, consumer, provider); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx Tx) error {
		c, p, err := findPair(tx, consumer, provider)
		if err != nil {
			return err
		}
		if err := findIntegration(tx, c, p); err != nil {
			return err
		}
		return tx.DeleteIntegration(c.ID, p.ID)
	})
}

// findIntegration returns CodeNotFound if there is nothing between the two.
func findIntegration(tx Tx, consumer, provider Pacticipant) error {
	_, err := tx.FindIntegration(consumer.ID, provider.ID)
	if IsNotFound(err) {
		return Errorf(CodeNotFound, "there is no pact between %s and %s", consumer.Name, provider.Name)
	}
	return err
}

// DeleteIntegrations deletes everything but environments.
func (s *Service) DeleteIntegrations(ctx context.Context) error {
	if err := s.thinEverything(ctx); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx Tx) error { return tx.DeleteAllIntegrations() })
}

// network is who provides for whom.
type network struct {
	parties   map[int64]Party
	providers map[int64][]int64
	partners  map[int64][]int64 // in both directions
}

func readNetwork(tx Tx) (network, error) {
	n := network{parties: make(map[int64]Party), providers: make(map[int64][]int64), partners: make(map[int64][]int64)}
	found, _, err := tx.ListIntegrations(IntegrationQuery{})
	for _, i := range found {
		n.parties[i.Consumer.ID], n.parties[i.Provider.ID] = i.Consumer, i.Provider
		n.providers[i.Consumer.ID] = append(n.providers[i.Consumer.ID], i.Provider.ID)
		n.partners[i.Consumer.ID] = append(n.partners[i.Consumer.ID], i.Provider.ID)
		n.partners[i.Provider.ID] = append(n.partners[i.Provider.ID], i.Consumer.ID)
	}
	return n, err
}

// members returns the parties with the ids, by name.
func (n network) members(ids map[int64]bool) []GroupMember {
	out := make([]GroupMember, 0, len(ids))
	for id := range ids {
		providers := slices.Clone(n.providers[id])
		slices.Sort(providers)
		out = append(out, GroupMember{Party: n.parties[id], Providers: providers})
	}
	slices.SortFunc(out, func(a, b GroupMember) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// FindGroup returns the pacticipants connected to the one named, itself
// included, by name. With max > 0 it goes no further from the hop on which max
// was reached.
func (s *Service) FindGroup(ctx context.Context, pacticipant string, max int) ([]GroupMember, error) {
	var out []GroupMember
	err := s.Store.View(ctx, func(tx Tx) error {
		p, err := findParty(tx, RolePacticipant, pacticipant)
		if err != nil {
			return err
		}
		n, err := readNetwork(tx)
		if err != nil {
			return err
		}
		n.parties[p.ID] = p.Party()
		reached, edge := map[int64]bool{p.ID: true}, []int64{p.ID}
		for len(edge) > 0 && (max <= 0 || len(reached) < max) {
			var next []int64
			for _, id := range edge {
				for _, partner := range n.partners[id] {
					if !reached[partner] {
						reached[partner] = true
						next = append(next, partner)
					}
				}
			}
			edge = next
		}
		out = n.members(reached)
		return nil
	})
	return out, err
}

// ListRelationships returns all pacticipants with their providers, by name.
func (s *Service) ListRelationships(ctx context.Context) ([]GroupMember, error) {
	var out []GroupMember
	err := s.Store.View(ctx, func(tx Tx) error {
		n, err := readNetwork(tx)
		if err != nil {
			return err
		}
		everybody := make(map[int64]bool)
		for id := range n.parties {
			everybody[id] = true
		}
		out = n.members(everybody)
		return nil
	})
	return out, err
}

// ListProviderStates returns the states that consumers rely on: in the pacts of
// main-branch heads, of heads of branch, or of what is live in an environment
// (name or uuid). At most one of branch and environment is set.
func (s *Service) ListProviderStates(ctx context.Context, provider, branch, environment string) ([]ProviderStateUse, error) {
	var out []ProviderStateUse
	err := s.Store.View(ctx, func(tx Tx) error {
		p, err := findParty(tx, RoleProvider, provider)
		if err != nil {
			return err
		}
		pacts, err := pactsForStates(tx, p, branch, environment)
		if err != nil {
			return err
		}
		uses := make(stateUses)
		for _, pact := range slices.Backward(pacts) {
			body, err := tx.Body(pact.ContentID)
			if err != nil {
				return err
			}
			uses.add(pact.Consumer.Name, body)
		}
		out = uses.list()
		return nil
	})
	return out, err
}

func pactsForStates(tx Tx, provider Pacticipant, branch, environment string) ([]PactPublication, error) {
	if environment == "" {
		return tx.ListPublications(PublicationFilter{ProviderID: provider.ID, Branch: branch, MainBranch: branch == "", HeadOnly: true})
	}
	e, err := tx.FindEnvironmentByName(environment)
	if IsNotFound(err) {
		e, err = tx.FindEnvironment(environment)
	}
	if err != nil {
		if IsNotFound(err) {
			return nil, nil
		}
		return nil, err
	}
	live := make(map[int64]bool)
	deployed, err := tx.ListDeployedVersions(RecordFilter{EnvironmentID: e.ID, Current: true})
	if err != nil {
		return nil, err
	}
	for _, d := range deployed {
		live[d.Version.ID] = true
	}
	released, err := tx.ListReleasedVersions(RecordFilter{EnvironmentID: e.ID, Current: true})
	if err != nil {
		return nil, err
	}
	for _, r := range released {
		live[r.Version.ID] = true
	}
	if len(live) == 0 {
		return nil, nil
	}
	return tx.ListPublications(PublicationFilter{ProviderID: provider.ID, VersionIDs: slices.Sorted(maps.Keys(live))})
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
		_ = json.Unmarshal(pact[list], &interactions) // what is no object is none
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
	var canonical any
	if string(params) == "null" {
		params = nil
	}
	_ = json.Unmarshal(params, &canonical) // nil stays nil
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

func (u stateUses) list() []ProviderStateUse {
	out := make([]ProviderStateUse, 0, len(u))
	for _, key := range slices.Sorted(maps.Keys(u)) {
		out = append(out, *u[key])
	}
	slices.SortStableFunc(out, func(a, b ProviderStateUse) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
