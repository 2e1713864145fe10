package registry_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// TestAFormAboutAnApplicationSaysAllOfIt goes from its making to a change that somebody
// else was faster with.
func TestAFormAboutAnApplicationSaysAllOfIt(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t).Registry
	edit := registry.PacticipantEdit{PacticipantChange: registry.PacticipantChange{Name: "Shop", MainBranch: registry.Set("main")}, Labels: []string{"b", "a", "b"}}
	made, err := s.EditPacticipant(t.Context(), edit)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, []string{made.Labels[0].Name, made.Labels[1].Name})
	again, err := s.EditPacticipant(t.Context(), edit)
	require.NoError(t, err, "sent twice it makes one")
	require.Equal(t, made.ID, again.ID)
	other := edit
	other.MainBranch = registry.Set("trunk")
	_, err = s.EditPacticipant(t.Context(), other)
	require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err), "it is there with something else")

	change := edit
	change.Seen, change.Labels, change.DisplayName = registry.StateOfPacticipant(made), []string{"c"}, registry.Set("The Shop")
	changed, err := s.EditPacticipant(t.Context(), change)
	require.NoError(t, err)
	require.Equal(t, "The Shop", changed.DisplayName)
	require.Len(t, changed.Labels, 1)
	require.Equal(t, "c", changed.Labels[0].Name)
	_, err = s.EditPacticipant(t.Context(), change)
	require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err), "it is not as it was seen")

	nobody := change
	nobody.Name = "Nobody"
	_, err = s.EditPacticipant(t.Context(), nobody)
	require.True(t, kernel.IsNotFound(err))
	for field, wrong := range map[string]registry.PacticipantEdit{
		"name":   {},
		"labels": {PacticipantChange: registry.PacticipantChange{Name: "x"}, Labels: strings.Split(strings.Repeat("l,", 101), ",")[:101]},
	} {
		_, err := s.EditPacticipant(t.Context(), wrong)
		require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err), field)
		require.ErrorContains(t, err, field)
	}
}

// TestAnEnvironmentKeepsItsTeams: what is not given stays, an empty list takes all away,
// and nothing is made for a team that does not exist.
func TestAnEnvironmentKeepsItsTeams(t *testing.T) {
	t.Parallel()
	all := usecasetest.NewService(t)
	name := "checkout"
	team, err := all.Identity.CreateTeam(t.Context(), access.Operator(), identity.TeamInput{Name: &name})
	require.NoError(t, err)
	in := registry.EnvironmentInput{Name: "production", Teams: &[]string{team.UUID}}
	made, err := all.Registry.CreateEnvironment(t.Context(), in)
	require.NoError(t, err)
	teams := func() int {
		found, err := all.Registry.TeamsOf(t.Context(), made)
		require.NoError(t, err)
		return len(found)
	}
	require.Equal(t, 1, teams())
	in.Teams = nil
	_, err = all.Registry.ReplaceEnvironment(t.Context(), made.UUID, in)
	require.NoError(t, err)
	require.Equal(t, 1, teams())
	in.Teams = &[]string{}
	_, err = all.Registry.ReplaceEnvironment(t.Context(), made.UUID, in)
	require.NoError(t, err)
	require.Zero(t, teams())
	in = registry.EnvironmentInput{Name: "test", Teams: &[]string{"nobody"}}
	_, err = all.Registry.CreateEnvironment(t.Context(), in)
	require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
	require.ErrorContains(t, err, "teamUuids")
	found, err := all.Registry.ListEnvironments(t.Context(), "test")
	require.NoError(t, err)
	require.Empty(t, found)
	_, err = all.Registry.ReplaceEnvironment(t.Context(), made.UUID, in)
	require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
}
