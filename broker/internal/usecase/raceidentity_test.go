package usecase_test

import (
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
)

// account makes an account with roles.
func (w *world) account(name string, roles ...string) {
	made, err := w.Identity.CreateAccount(w.Context(), access.Operator(), identity.AccountInput{Name: &name, Roles: &roles})
	w.do(err)
	w.accounts = append(w.accounts, made.UUID)
}

// twoAdministrators are all that there are.
func twoAdministrators(w *world) {
	w.account("Ada", access.AdministratorUUID)
	w.account("Bob", access.AdministratorUUID)
}

func (w *world) switchOff(account int) error {
	off := false
	_, err := w.Identity.ChangeAccount(w.Context(), access.Operator(), w.accounts[account], identity.AccountInput{Active: &off})
	return err
}

// withRole is an account without roles, and a role.
func withRole(w *world) {
	w.account("CI", []string{}...)
	made, err := w.Identity.CreateRole(w.Context(), access.Operator(), identity.RoleInput{Name: "Keeper"})
	w.do(err)
	w.role = made.UUID
}

func (w *world) give(role string) error {
	return w.Identity.SetRole(w.Context(), access.Operator(), w.accounts[0], role, true)
}

// withToken is an account with a token.
func withToken(w *world) {
	w.account("CI")
	made, _, err := w.Identity.CreateToken(w.Context(), access.Operator(), w.accounts[0], identity.TokenInput{Name: "t"})
	w.do(err)
	w.token = made.UUID
}

func (w *world) regenerate() error {
	_, _, err := w.Identity.RegenerateToken(w.Context(), access.Operator(), w.accounts[0], w.token)
	return err
}

const (
	accountLock = `SELECT 1 FROM principal FOR UPDATE`
	teamLock    = `SELECT 1 FROM team FOR UPDATE`
	roleLock    = `SELECT 1 FROM role FOR UPDATE`
	// changeLock is waited for last, when all is judged.
	changeLock = `SELECT 1 FROM identity_change FOR UPDATE`
	tokenLock  = `SELECT 1 FROM token FOR UPDATE`
)

// withTeam is a team, an account that is in none, and an application.
func withTeam(w *world) {
	w.account("CI")
	w.account("Ada")
	name := "checkout"
	made, err := w.Identity.CreateTeam(w.Context(), access.Operator(), identity.TeamInput{Name: &name})
	w.do(err)
	w.team = made.UUID
	_, _, err = w.Registry.CreatePacticipant(w.Context(), registry.PacticipantChange{Name: "Shop"})
	w.do(err)
}

func (w *world) join(account int) error {
	_, err := w.Identity.ChangeMembers(w.Context(), w.team, identity.Join, []string{w.accounts[account]})
	return err
}

func racesOfIdentity() []race {
	return []race{{
		name: "two accounts join a team", hold: teamLock, given: withTeam,
		first: func(w *world) error { return w.join(0) }, second: func(w *world) error { return w.join(1) },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 2, w.count(`team_member`))
		},
	}, {
		name: "an account joins a team that is deleted", hold: teamLock, given: withTeam,
		first:  func(w *world) error { return w.Identity.DeleteTeam(w.Context(), w.team) },
		second: func(w *world) error { return w.join(0) },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`team_member`))
		},
	}, {
		name: "an application is deleted while a team gets it", hold: `SELECT 1 FROM pacticipant FOR UPDATE`, given: withTeam,
		first: func(w *world) error { return w.Registry.DeletePacticipant(w.Context(), "Shop") },
		second: func(w *world) error {
			_, err := w.Identity.ChangeTeam(w.Context(), access.Operator(), w.team, identity.TeamInput{Applications: &[]string{"Shop"}})
			return err
		},
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeInvalid)
			require.Equal(w, 0, w.count(`team_pacticipant`))
		},
	}, {
		name: "two administrators switch each other off", hold: changeLock, given: twoAdministrators,
		first: func(w *world) error { return w.switchOff(0) }, second: func(w *world) error { return w.switchOff(1) },
		then: func(w *world, first, second error) {
			refused := 0
			for _, err := range []error{first, second} {
				if err != nil {
					require.Equal(w, kernel.CodeConflict, kernel.CodeOf(err), err)
					refused++
				}
			}
			require.Equal(w, 1, refused, "one of them is the last")
			require.Equal(w, 1, w.count(`principal WHERE active`))
		},
	}, {
		name: "a role is deleted while it is given", hold: roleLock, given: withRole,
		first:  func(w *world) error { return w.Identity.DeleteRole(w.Context(), w.role) },
		second: func(w *world) error { return w.give(w.role) },
		then: func(w *world, first, second error) {
			doneOr(w, first, kernel.CodeConflict)
			doneOr(w, second, kernel.CodeNotFound, kernel.CodeInvalid)
			require.Equal(w, w.count(`role`), w.count(`principal_role`), "nobody has a role that is gone")
		},
	}, {
		name: "two roles are given to one account", hold: accountLock, given: withRole,
		first:  func(w *world) error { return w.give(access.PipelineUUID) },
		second: func(w *world) error { return w.give(w.role) },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 2, w.count(`principal_role`))
		},
	}, {
		name: "an account gets a token while it is deleted", hold: accountLock, given: withToken,
		first: func(w *world) error { return w.Identity.DeleteAccount(w.Context(), access.Operator(), w.accounts[0]) },
		second: func(w *world) error {
			_, _, err := w.Identity.CreateToken(w.Context(), access.Operator(), w.accounts[0], identity.TokenInput{Name: "late"})
			return err
		},
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`token`))
		},
	}, {
		name: "a token gets a new value while it is deleted", hold: tokenLock, given: withToken,
		first:  func(w *world) error { return w.Identity.DeleteAnyToken(w.Context(), w.token) },
		second: func(w *world) error { return w.regenerate() },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 2, w.count(`token`), "the two that every account has")
		},
	}, {
		name: "a token gets two new values", hold: tokenLock, given: withToken,
		first: func(w *world) error { return w.regenerate() }, second: func(w *world) error { return w.regenerate() },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`token WHERE prefix IS NOT NULL`))
		},
	}}
}
