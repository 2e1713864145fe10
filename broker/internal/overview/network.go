package overview

import (
	"cmp"
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// GroupMember is a pacticipant in a network of integrations.
type GroupMember struct {
	kernel.Party
	// Providers are the ids of its providers, ascending.
	Providers []int64
}

// network is who provides for whom.
type network struct {
	parties   map[int64]kernel.Party
	providers map[int64][]int64
	partners  map[int64][]int64 // in both directions
}

func readNetwork(tx kernel.Tx) (network, error) {
	n := network{parties: make(map[int64]kernel.Party), providers: make(map[int64][]int64), partners: make(map[int64][]int64)}
	found, _, err := tx.ListIntegrations(kernel.IntegrationQuery{})
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
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := kernel.FindParty(tx, kernel.RolePacticipant, pacticipant)
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
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
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
