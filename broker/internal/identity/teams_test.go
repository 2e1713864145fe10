package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func team(t *testing.T, s *identity.Service, in identity.TeamInput, name string) kernel.Team {
	t.Helper()
	in.Name = &name
	made, err := s.CreateTeam(t.Context(), operator, in)
	require.NoError(t, err)
	return made
}

// place makes an environment, application one that a principal has published.
func place(t *testing.T, s *identity.Service, name string) (out kernel.Environment) {
	t.Helper()
	require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) (err error) {
		out, err = tx.CreateEnvironment(kernel.Environment{UUID: s.NewID(), Name: name, DisplayName: name, CreatedAt: s.Moment()})
		return err
	}))
	return out
}

func application(t *testing.T, s *identity.Service, name, by string) {
	t.Helper()
	require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) error {
		_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, DisplayName: name, CreatedAt: s.Moment(), CreatedBy: by})
		return err
	}))
}

func memberNames(m kernel.Team) (members, administrators []string) {
	for _, p := range m.Members {
		members = append(members, p.Name)
		if p.Administers {
			administrators = append(administrators, p.Name)
		}
	}
	return members, administrators
}

func TestATeamHasWhatItIsGiven(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		ada, bob := account(t, s, "Ada"), account(t, s, "Bob")
		application(t, s, "Shop", "")
		production := place(t, s, "production")
		made := team(t, s, identity.TeamInput{Applications: &[]string{"Shop"}, Environments: &[]string{production.UUID}, Administrators: &[]string{ada.UUID}}, "checkout")
		require.Equal(t, "Shop", made.Applications[0].Name)
		require.Equal(t, "production", made.Environments[0].Name)

		joined, err := s.ChangeMembers(t.Context(), made.UUID, identity.Join, []string{bob.UUID, bob.UUID})
		require.NoError(t, err)
		members, administrators := memberNames(joined)
		require.Equal(t, []string{"Ada", "Bob"}, members)
		require.Equal(t, []string{"Ada"}, administrators)
		changed, err := s.ChangeTeam(t.Context(), operator, made.UUID, identity.TeamInput{Administrators: &[]string{bob.UUID}})
		require.NoError(t, err)
		members, administrators = memberNames(changed)
		require.Equal(t, []string{"Ada", "Bob"}, members, "who does not administer it any more is still in it")
		require.Equal(t, []string{"Bob"}, administrators)
		left, err := s.ChangeMembers(t.Context(), made.UUID, identity.Leave, []string{bob.UUID})
		require.NoError(t, err)
		members, administrators = memberNames(left)
		require.Equal(t, []string{"Ada"}, members)
		require.Empty(t, administrators)
		replaced, err := s.ChangeMembers(t.Context(), made.UUID, identity.Replace, []string{bob.UUID})
		require.NoError(t, err)
		members, _ = memberNames(replaced)
		require.Equal(t, []string{"Bob"}, members)

		found, err := s.FindAccount(t.Context(), bob.UUID)
		require.NoError(t, err)
		require.Len(t, found.Teams, 1)
		listed, err := s.ListAccounts(t.Context(), kernel.PrincipalFilter{})
		require.NoError(t, err)
		require.Empty(t, listed.Items[0].Teams, "Ada")
		require.Len(t, listed.Items[1].Teams, 1, "Bob")
		teams, err := s.ListTeams(t.Context(), kernel.TeamFilter{Search: "CHECK"})
		require.NoError(t, err)
		require.Len(t, teams.Items, 1)

		require.NoError(t, s.DeleteTeam(t.Context(), made.UUID))
		refused(t, kernel.CodeNotFound, s.DeleteTeam(t.Context(), made.UUID))
		_, err = s.FindTeam(t.Context(), made.UUID)
		refused(t, kernel.CodeNotFound, err)
	})
}

func TestWhatATeamCannotBe(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		made := team(t, s, identity.TeamInput{}, "checkout")
		other := team(t, s, identity.TeamInput{}, "search")
		empty, taken, nobody := "", "checkout", []string{"nobody"}
		for name, in := range map[string]identity.TeamInput{"no name": {}, "an empty name": {Name: &empty}} {
			_, err := s.CreateTeam(t.Context(), operator, in)
			require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err), name)
		}
		for _, in := range []identity.TeamInput{{Applications: &nobody}, {Environments: &nobody}, {Administrators: &nobody}, {Name: &empty}} {
			_, err := s.ChangeTeam(t.Context(), operator, made.UUID, in)
			refused(t, kernel.CodeInvalid, err)
		}
		_, err := s.CreateTeam(t.Context(), operator, identity.TeamInput{Name: &taken})
		refused(t, kernel.CodeConflict, err)
		_, err = s.ChangeTeam(t.Context(), operator, other.UUID, identity.TeamInput{Name: &taken})
		refused(t, kernel.CodeConflict, err)
		_, err = s.ChangeTeam(t.Context(), operator, "nobody", identity.TeamInput{})
		refused(t, kernel.CodeNotFound, err)
		_, err = s.ChangeMembers(t.Context(), made.UUID, identity.Join, nobody)
		refused(t, kernel.CodeInvalid, err)
		_, err = s.ChangeMembers(t.Context(), "nobody", identity.Join, nil)
		refused(t, kernel.CodeNotFound, err)
	})
}

func TestNobodyPutsIntoATeamWhatTheyMayNotWrite(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		application(t, s, "Mine", "me")
		application(t, s, "Theirs", "")
		free := place(t, s, "free")
		made := team(t, s, identity.TeamInput{}, "checkout")
		me := access.Who{UUID: "me", Name: "me", Permissions: []access.Permission{{Right: access.ManageContracts, Scope: access.Own}}}
		_, err := s.ChangeTeam(t.Context(), me, made.UUID, identity.TeamInput{Applications: &[]string{"Mine"}})
		require.NoError(t, err)
		_, err = s.ChangeTeam(t.Context(), me, made.UUID, identity.TeamInput{Applications: &[]string{"Mine", "Theirs"}})
		refused(t, kernel.CodeForbidden, err)
		_, err = s.ChangeTeam(t.Context(), me, made.UUID, identity.TeamInput{Environments: &[]string{free.UUID}})
		refused(t, kernel.CodeForbidden, err)
		// What is in it stays in it, whoever says so.
		_, err = s.ChangeTeam(t.Context(), operator, made.UUID, identity.TeamInput{Applications: &[]string{"Theirs"}, Environments: &[]string{free.UUID}})
		require.NoError(t, err)
		_, err = s.ChangeTeam(t.Context(), me, made.UUID, identity.TeamInput{Applications: &[]string{"Theirs"}, Environments: &[]string{free.UUID}})
		require.NoError(t, err)
	})
}

// TestATokenKnowsTheTeamsOfItsAccount also when they change, and when an application
// that one of them has is deleted.
func TestATokenKnowsTheTeamsOfItsAccount(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		ci := account(t, s, "CI", access.TeamPipelineUUID)
		application(t, s, "Shop", "")
		production := place(t, s, "production")
		made := team(t, s, identity.TeamInput{Applications: &[]string{"Shop"}, Environments: &[]string{production.UUID}, Administrators: &[]string{ci.UUID}}, "checkout")
		_, value, err := s.CreateToken(t.Context(), operator, ci.UUID, identity.TokenInput{Name: "t", Writes: true})
		require.NoError(t, err)
		keyring := s.Keyring(time.Now, nil, s.Log)
		defer keyring.Close()
		who, err := keyring.Who(t.Context(), value)
		require.NoError(t, err)
		require.Equal(t, []access.Team{{UUID: made.UUID, Name: "checkout", Administers: true, Applications: []string{"Shop"}, Environments: []string{production.UUID}}}, who.Teams)
		require.Equal(t, []string{production.UUID}, who.Guarded)

		require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) error {
			p, err := tx.FindPacticipant("Shop")
			if err != nil {
				return err
			}
			return tx.DeletePacticipant(p.ID)
		}))
		application(t, s, "Shop", "somebody")
		require.Eventually(t, func() bool {
			who, err := keyring.Who(t.Context(), value)
			return err == nil && !who.May(access.ManageContracts, access.Application("Shop"))
		}, 10*time.Second, 50*time.Millisecond, "another one with the name is not the team's")
	})
}

func TestWhoHasMadeAnApplication(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		application(t, s, "Mine", "me")
		application(t, s, "Named", "")
		for name, want := range map[string][2]bool{"Mine": {true, false}, "Named": {false, true}, "Nowhere": {false, true}} {
			made, free, err := s.Made(t.Context(), "me", name)
			require.NoError(t, err)
			require.Equal(t, want, [2]bool{made, free}, name)
		}
		made, free, err := s.Made(t.Context(), "other", "Mine")
		require.NoError(t, err)
		require.False(t, made || free)
	})
}

func TestWhoCanIsJudgedAsTheirRequestsAre(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		ci := account(t, s, "CI", access.TeamPipelineUUID)
		account(t, s, "Viewer")
		off := account(t, s, "Off", access.PipelineUUID)
		no := false
		_, err := s.ChangeAccount(t.Context(), operator, off.UUID, identity.AccountInput{Active: &no})
		require.NoError(t, err)
		application(t, s, "Mine", ci.UUID)
		application(t, s, "Shop", "")
		team(t, s, identity.TeamInput{Applications: &[]string{"Shop"}, Administrators: &[]string{ci.UUID}}, "checkout")
		for name, because := range map[string]string{"Mine": "contract_data:manage:own", "Shop": "contract_data:manage:team in checkout"} {
			found, err := s.WhoCan(t.Context(), access.ManageContracts, access.Application(name))
			require.NoError(t, err)
			require.Len(t, found, 1, name)
			require.Equal(t, "CI", found[0].Name)
			require.Equal(t, because, found[0].Because)
		}
		found, err := s.WhoCan(t.Context(), access.ManageContracts)
		require.NoError(t, err)
		require.Empty(t, found)
		_, err = s.WhoCan(t.Context(), access.ManageContracts, access.Application("Nowhere"))
		refused(t, kernel.CodeNotFound, err)
	})
}
