package identity_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const login = "https://login.example.org"

// ada is what a login service says of somebody.
func ada(answer string) identity.Vouched {
	return identity.Vouched{Issuer: login, Subject: "ada", Email: "ada@example.org", Name: "Ada", Answer: answer, Until: time.Now().Add(time.Hour)}
}

var rules = identity.LoginRules{DefaultRole: access.MemberUUID, Session: 12 * time.Hour, AdminGroups: []string{"admins"},
	TeamGroups: map[string][]string{"shop": {"checkout"}, "till": {"checkout", "till"}}}

func (r *ring) logIn(in identity.Vouched) identity.LoggedIn {
	r.Helper()
	out, err := r.service.LogIn(r.Context(), in, rules)
	require.NoError(r, err)
	return out
}

// refused logs in somebody who may not.
func (r *ring) refused(in identity.Vouched, rules identity.LoginRules) string {
	r.Helper()
	_, err := r.service.LogIn(r.Context(), in, rules)
	require.Equal(r, kernel.CodeForbidden, kernel.CodeOf(err), err)
	return err.Error()
}

func names(teams []kernel.Team) (out []string) {
	for _, m := range teams {
		out = append(out, m.Name)
	}
	return out
}

func rolesOf(a identity.Account) (out []string) {
	for _, r := range a.Roles {
		out = append(out, r.Name)
	}
	return out
}

func (r *ring) team(name string) string {
	made, err := r.service.CreateTeam(r.Context(), access.Operator(), identity.TeamInput{Name: &name})
	require.NoError(r, err)
	return made.UUID
}

// holds reports whether a session counts.
func (r *ring) holds(session string) (access.Who, bool) {
	who, err := r.Session(r.Context(), session)
	if err != nil {
		require.Equal(r, kernel.CodeUnauthorized, kernel.CodeOf(err), err)
	}
	return who, err == nil
}

func TestWhoLogsInIsKnownByIssuerAndSubject(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		first := r.logIn(ada("1"))
		require.Equal(r, []string{"Team member"}, rolesOf(first.Account))
		require.Equal(r, kernel.KindUser, first.Kind)
		who, ok := r.holds(first.Session)
		require.True(r, ok)
		require.Equal(r, []string{first.UUID, "Ada", "ada@example.org", "user", ""}, []string{who.UUID, who.Name, who.Email, who.Kind, who.Token})
		tokens, err := r.service.ListTokens(r.Context(), first.UUID)
		require.NoError(r, err)
		require.Len(r, tokens, 2)

		// Another address is the same person, and the same address with another subject is nobody.
		moved := ada("2")
		moved.Email = "ada.l@example.org"
		again := r.logIn(moved)
		require.Equal(r, first.UUID, again.UUID)
		require.Equal(r, "ada.l@example.org", again.Email)
		require.NotEqual(r, first.Session, again.Session)
		other := moved
		other.Subject, other.Answer = "eve", "3"
		require.Contains(r, r.refused(other, rules), "knows as another")
		other.Subject, other.Issuer = "ada", "https://evil.example.org"
		require.Contains(r, r.refused(other, rules), "knows as another")
		// Whose address is not verified is somebody else.
		other.Email = ""
		require.NotEqual(r, first.UUID, r.logIn(other).UUID)
	})
}

func TestAnAnswerOfTheLoginServiceCountsOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		r.logIn(ada("1"))
		require.Contains(r, r.refused(ada("1"), rules), "used before")
		r.logIn(ada("2"))
	})
}

func TestAnInvitationIsBoundOnceByAVerifiedAddress(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		invite := func(email string, active *bool) identity.Account {
			all, err := r.service.Invite(r.Context(), access.Operator(), []identity.Person{{Email: email, Active: active}}, nil)
			require.NoError(r, err)
			require.Len(r, all, 1)
			return all[0]
		}
		invited := invite(" Ada@Example.ORG ", nil)
		require.Equal(r, []string{"ada@example.org", "ada"}, []string{invited.Email, invited.Name})
		require.True(r, invited.Active)
		require.Zero(r, invited.LastLoginAt)
		require.Equal(r, invited.UUID, invite("ada@example.org", nil).UUID)

		unverified := ada("1")
		unverified.Email, unverified.Subject = "", "mallory"
		require.NotEqual(r, invited.UUID, r.logIn(unverified).UUID)
		require.Equal(r, invited.UUID, r.logIn(ada("2")).UUID)
		second := ada("3")
		second.Subject = "mallory too"
		require.Contains(r, r.refused(second, rules), "knows as another")

		off := false
		require.False(r, invite("bob@example.org", &off).Active)
		bob := ada("4")
		bob.Subject, bob.Email = "bob", "bob@example.org"
		require.Contains(r, r.refused(bob, rules), "switched off")
		for _, wrong := range []string{"", "ada", "Ada <ada@example.org>", "a@b\nc"} {
			_, err := r.service.Invite(r.Context(), access.Operator(), []identity.Person{{Email: wrong}}, nil)
			require.Equal(r, kernel.CodeInvalid, kernel.CodeOf(err), wrong)
		}
		_, err := r.service.Invite(r.Context(), access.Who{Name: "nobody"}, []identity.Person{{Email: "x@example.org"}}, nil)
		require.Equal(r, kernel.CodeForbidden, kernel.CodeOf(err), "nobody gives more than they have")
	})
}

func TestOnlyAddressesOfSomeDomainsComeIn(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		only := rules
		only.Domains = []string{"example.com", "example.org"}
		_, err := r.service.LogIn(r.Context(), ada("1"), only)
		require.NoError(r, err)
		other := ada("2")
		other.Email, other.Subject = "eve@example.net", "eve"
		require.Contains(r, r.refused(other, only), "example.com, example.org, and yours is eve@example.net")
		other.Email = "eve@sub.example.org"
		r.refused(other, only)
		other.Email = ""
		require.Contains(r, r.refused(other, only), "email_verified")
		moved := ada("3")
		moved.Email = "ada@elsewhere.example"
		require.Contains(r, r.refused(moved, only), "yours is", "also who came in before")
	})
}

// TestWhatALoginGaveTheNextTakesAway holds it apart from what somebody gave by hand.
func TestWhatALoginGaveTheNextTakesAway(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		checkout, byHand := r.team("checkout"), r.team("by hand")
		in := ada("1")
		in.Groups = []string{"admins", "till", "unknown"}
		person := r.logIn(in)
		require.Equal(r, []string{"Administrator", "Team member"}, rolesOf(person.Account))
		require.Equal(r, []string{"checkout"}, names(person.Teams))
		require.Equal(r, []string{"till"}, person.TeamsMissing, "no team is made")
		_, err := r.service.ChangeMembers(r.Context(), byHand, identity.Join, []string{person.UUID})
		require.NoError(r, err)

		in.Groups, in.Answer = nil, "2"
		person = r.logIn(in)
		require.Equal(r, []string{"Team member"}, rolesOf(person.Account))
		require.Equal(r, []string{"by hand"}, names(person.Teams))
		require.Empty(r, person.TeamsMissing)

		// By hand it stays, also where a login had given it before.
		in.Groups, in.Answer = []string{"admins", "shop"}, "3"
		r.logIn(in)
		require.NoError(r, r.service.SetRole(r.Context(), access.Operator(), person.UUID, access.AdministratorUUID, true))
		_, err = r.service.ChangeMembers(r.Context(), checkout, identity.Join, []string{person.UUID})
		require.NoError(r, err)
		in.Groups, in.Answer = nil, "4"
		person = r.logIn(in)
		require.Equal(r, []string{"Administrator", "Team member"}, rolesOf(person.Account))
		require.Equal(r, []string{"by hand", "checkout"}, names(person.Teams))

		// Members that somebody changes keep by what they are there.
		in.Groups, in.Answer = []string{"till"}, "5"
		till := r.team("till")
		r.logIn(in)
		_, err = r.service.ChangeMembers(r.Context(), till, identity.Join, []string{r.account})
		require.NoError(r, err)
		in.Groups, in.Answer = nil, "6"
		require.Equal(r, []string{"by hand", "checkout"}, names(r.logIn(in).Teams))
	})
}

func TestASessionCostsNoWayToTheDatabase(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		session := r.logIn(ada("1")).Session
		r.holds(session)
		before, began := r.store.asked.Load(), time.Now()
		for range 10_000 {
			_, ok := r.holds(session)
			require.True(r, ok)
		}
		require.LessOrEqual(r, r.store.asked.Load()-before, int64(time.Since(began)/time.Second)+2)
	})
}

// TestASessionIsNoToken shows one as the other, where both are known.
func TestASessionIsNoToken(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		require.True(r, r.knows(r.value))
		session := r.logIn(ada("1")).Session
		_, ok := r.holds(session)
		require.True(r, ok)
		_, ok = r.holds(r.value)
		require.False(r, ok)
		require.False(r, r.knows(session))
	})
}

func TestASessionEndsWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	off := false
	for name, end := range map[string]func(*ring, identity.LoggedIn) error{
		"logged out": func(r *ring, in identity.LoggedIn) error { return r.service.LogOut(r.Context(), in.Session) },
		"switched off": func(r *ring, in identity.LoggedIn) error {
			_, err := r.service.ChangeAccount(r.Context(), access.Operator(), in.UUID, identity.AccountInput{Active: &off})
			return err
		},
		"deleted": func(r *ring, in identity.LoggedIn) error {
			return r.service.DeleteAccount(r.Context(), operator, in.UUID)
		},
		"expired": func(r *ring, _ identity.LoggedIn) error {
			r.now = r.now.Add(13 * time.Hour)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(r *ring) {
				in := r.logIn(ada("1"))
				_, ok := r.holds(in.Session)
				require.True(r, ok)
				require.NoError(r, end(r, in))
				began := time.Now()
				for {
					asked := time.Since(began)
					if _, ok := r.holds(in.Session); !ok {
						break
					}
					require.Less(r, asked, 2*time.Second)
					time.Sleep(10 * time.Millisecond)
				}
				if name != "switched off" {
					return
				}
				on := true
				_, err := r.service.ChangeAccount(r.Context(), access.Operator(), in.UUID, identity.AccountInput{Active: &on})
				require.NoError(r, err)
				_, ok = r.holds(in.Session)
				require.False(r, ok, "who is switched on again logs in again")
			})
		})
	}
}

func TestExpiredSessionsAreDeletedInSteps(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		in := r.logIn(ada("1"))
		require.NoError(r, r.service.DeleteExpired(r.Context()))
		_, ok := r.holds(in.Session)
		require.True(r, ok)
		r.service.Now = func() time.Time { return time.Now().Add(13 * time.Hour) }
		require.NoError(r, r.service.DeleteExpired(r.Context()))
		err := r.store.View(r.Context(), func(tx kernel.Tx) error {
			left, err := tx.AnyExpired(r.service.Moment())
			require.False(r, left)
			return err
		})
		require.NoError(r, err)
		r.service.Now = time.Now
		r.logIn(ada("1")) // the answer is forgotten, too
	})
}

// refusing is a store that refuses a person once, as if somebody else had made them
// meanwhile.
type refusing struct {
	kernel.Store
	left atomic.Int64
}

type refusingTx struct {
	kernel.Tx
	of *refusing
}

func (s *refusing) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error { return fn(refusingTx{tx, s}) })
}

func (t refusingTx) CreatePrincipal(p kernel.Principal) (kernel.Principal, error) {
	if t.of.left.Add(-1) >= 0 {
		return p, kernel.Errorf(kernel.CodeConflict, "there is one already")
	}
	return t.Tx.CreatePrincipal(p)
}

func TestWhoMeetsTheirOwnFirstLoginIsThemselves(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		store := &refusing{Store: r.store}
		r.service.Store = store
		store.left.Store(2)
		r.logIn(ada("1"))
		store.left.Store(9)
		other := ada("2")
		other.Subject, other.Email = "bob", "bob@example.org"
		_, err := r.service.LogIn(r.Context(), other, rules)
		require.Equal(r, kernel.CodeConflict, kernel.CodeOf(err))
		require.Contains(r, err.Error(), "try again")
	})
}
