package usecase_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// logIn logs in one person, by an answer of the login service.
func (w *world) logIn(answer string) error {
	_, err := w.Identity.LogIn(w.Context(), identity.Vouched{
		Issuer: "https://login.example.org", Subject: "ada", Email: "ada@example.org", Groups: []string{"shop"}, Answer: answer, Until: w.now.Add(time.Minute),
	}, identity.LoginRules{DefaultRole: access.MemberUUID, Session: time.Hour, TeamGroups: map[string][]string{"shop": {"checkout"}}})
	return err
}

func (w *world) invite() error {
	_, err := w.Identity.Invite(w.Context(), access.Operator(), []identity.Person{{Email: "ada@example.org"}}, nil)
	return err
}

// withPerson is somebody who was here before, and has no session any more.
func withPerson(w *world) {
	made, err := w.Identity.Invite(w.Context(), access.Operator(), []identity.Person{{Email: "ada@example.org"}}, nil)
	w.do(err)
	w.accounts = append(w.accounts, made[0].UUID)
}

func racesOfLogins() []race {
	return []race{{
		name: "somebody logs in the first time twice", hold: changeLock,
		first: func(w *world) error { return w.logIn("1") }, second: func(w *world) error { return w.logIn("2") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`principal`))
			require.Equal(w, 2, w.count(`session`))
		},
	}, {
		name: "an address is invited twice", hold: changeLock,
		first: (*world).invite, second: (*world).invite,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`principal`))
		},
	}, {
		name: "somebody is invited while they log in", hold: changeLock,
		first: (*world).invite, second: func(w *world) error { return w.logIn("1") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`person WHERE subject = 'ada'`))
			require.Equal(w, 1, w.count(`principal`))
		},
	}, {
		name: "somebody is switched off while they log in", hold: accountLock, given: withPerson,
		first: func(w *world) error { return w.logIn("1") }, second: func(w *world) error { return w.switchOff(0) },
		then: func(w *world, first, second error) {
			doneOr(w, first, kernel.CodeForbidden)
			require.NoError(w, second)
			require.Equal(w, 0, w.count(`session`))
		},
	}, {
		name: "somebody logs in while they are switched off", hold: accountLock, given: withPerson,
		first: func(w *world) error { return w.switchOff(0) }, second: func(w *world) error { return w.logIn("1") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeForbidden)
			require.Equal(w, 0, w.count(`session`))
		},
	}, {
		name: "somebody logs in while they are deleted", hold: accountLock, given: withPerson,
		first:  func(w *world) error { return w.Identity.DeleteAccount(w.Context(), access.Operator(), w.accounts[0]) },
		second: func(w *world) error { return w.logIn("1") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			require.NoError(w, second, "they are somebody new")
		},
	}, {
		name: "an answer of the login service comes twice at once", hold: accountLock, given: withPerson,
		first: func(w *world) error { return w.logIn("1") }, second: func(w *world) error { return w.logIn("1") },
		then: func(w *world, first, second error) {
			doneOr(w, first, kernel.CodeForbidden)
			doneOr(w, second, kernel.CodeForbidden)
			require.Equal(w, 1, w.count(`session`))
		},
	}, {
		name: "a login leads into a team that somebody else joins", hold: teamLock, given: func(w *world) {
			withTeam(w)
			withPerson(w)
		},
		first: func(w *world) error { return w.logIn("1") }, second: func(w *world) error { return w.join(0) },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 2, w.count(`team_member`))
		},
	}, {
		name: "a team is deleted while a login leads into it", hold: teamLock, given: func(w *world) {
			withTeam(w)
			withPerson(w)
		},
		first:  func(w *world) error { return w.Identity.DeleteTeam(w.Context(), w.team) },
		second: func(w *world) error { return w.logIn("1") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 0, w.count(`team_member`))
			require.Equal(w, 1, w.count(`session`))
		},
	}}
}
