package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// terminals is a broker on which Kim, who is a person, logs in at terminals.
type terminals struct {
	*testing.T
	*identity.Service
	kim access.Who
	now time.Time
}

func onTerminals(t *testing.T, test func(*terminals)) {
	t.Helper()
	for name, open := range storetest.Plain() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := usecase.New(open(t, store.Options{}), kernel.DefaultSettings())
			w := &terminals{T: t, Service: all.Identity, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
			all.Now = func() time.Time { return w.now }
			kim, err := w.Invite(t.Context(), operator, []identity.Person{{Email: "kim@example.org"}}, []string{access.MemberUUID})
			require.NoError(t, err)
			w.kim = access.Who{UUID: kim[0].UUID, Name: "Kim", Permissions: kim[0].Permissions()}
			test(w)
		})
	}
}

func (w *terminals) begin() identity.DeviceBegun {
	w.Helper()
	out, err := w.BeginDevice(w.Context(), identity.DeviceInput{Program: "treaty", Machine: "laptop", Address: "192.0.2.7", Place: "192.0.2.0"})
	require.NoError(w, err)
	return out
}

func (w *terminals) outcome(d identity.DeviceBegun) identity.DeviceOutcome {
	w.Helper()
	out, err := w.FinishDevice(w.Context(), d.DeviceCode)
	require.NoError(w, err)
	return out
}

func TestAPersonLetsATerminalIn(t *testing.T) {
	t.Parallel()
	onTerminals(t, func(w *terminals) {
		d := w.begin()
		require.Regexp(w, `^[BCDFGHJKLMNPQRSTVWXZ]{8}$`, d.UserCode)
		require.Equal(w, kernel.DeviceWaits, w.outcome(d).State)
		shown := identity.ShownCode(d.UserCode)
		require.Equal(w, d.UserCode[:4]+"-"+d.UserCode[4:], shown)
		found, err := w.FindDevice(w.Context(), " "+shown)
		require.NoError(w, err)
		require.Equal(w, []string{"treaty", "laptop", "192.0.2.7"}, []string{found.Program, found.Machine, found.Address})
		require.NotContains(w, found.DeviceHash+found.CodeHash, d.UserCode, "only hashes are kept")

		granted, err := w.GrantDevice(w.Context(), w.kim, shown, 24*time.Hour)
		require.NoError(w, err)
		require.Equal(w, w.now.Add(identity.LongestLogin), granted.Until.UTC(), "12 hours at most")
		_, err = w.GrantDevice(w.Context(), w.kim, shown, time.Hour)
		require.True(w, kernel.IsNotFound(err), "it is answered")
		got := w.outcome(d)
		require.Equal(w, kernel.DeviceGranted, got.State)
		require.True(w, identity.IsValue(got.Value))
		require.Equal(w, kernel.DeviceUsed, w.outcome(d).State, "once")

		require.NoError(w, w.EndLogin(w.Context(), got.Value))
		require.Equal(w, kernel.CodeUnauthorized, kernel.CodeOf(w.EndLogin(w.Context(), got.Value)))
		require.Equal(w, kernel.CodeUnauthorized, kernel.CodeOf(w.EndLogin(w.Context(), "no value")))
		_, value, err := w.CreateToken(w.Context(), w.kim, w.kim.UUID, identity.TokenInput{Name: "by hand", Writes: true})
		require.NoError(w, err)
		require.Equal(w, kernel.CodeInvalid, kernel.CodeOf(w.EndLogin(w.Context(), value)), "what somebody made stays")
	})
}

func TestATerminalIsNotLetIn(t *testing.T) {
	t.Parallel()
	onTerminals(t, func(w *terminals) {
		d := w.begin()
		_, err := w.RefuseDevice(w.Context(), d.UserCode)
		require.NoError(w, err)
		require.Equal(w, kernel.DeviceRefused, w.outcome(d).State)
		_, err = w.RefuseDevice(w.Context(), d.UserCode)
		require.True(w, kernel.IsNotFound(err))
		require.Equal(w, kernel.DeviceUsed, w.outcome(identity.DeviceBegun{DeviceCode: "never begun"}).State)

		late := w.begin()
		ci := account(w.T, w.Service, "CI")
		_, err = w.GrantDevice(w.Context(), access.Who{UUID: ci.UUID, Permissions: ci.Permissions()}, late.UserCode, time.Hour)
		require.Equal(w, kernel.CodeForbidden, kernel.CodeOf(err), "only people log in")
		_, err = w.GrantDevice(w.Context(), access.Who{UUID: w.kim.UUID}, late.UserCode, time.Hour)
		require.Equal(w, kernel.CodeForbidden, kernel.CodeOf(err), "who may do nothing gives nothing")
		w.now = w.now.Add(11 * time.Minute)
		require.True(w, w.outcome(late).Expired)
		_, err = w.GrantDevice(w.Context(), w.kim, late.UserCode, time.Hour)
		require.True(w, kernel.IsNotFound(err))
		require.NoError(w, w.DeleteExpired(w.Context()))
		require.Equal(w, kernel.DeviceUsed, w.outcome(late).State)

		off := w.begin()
		_, err = w.GrantDevice(w.Context(), w.kim, off.UserCode, time.Hour)
		require.NoError(w, err)
		no := false
		_, err = w.ChangeAccount(w.Context(), operator, w.kim.UUID, identity.AccountInput{Active: &no})
		require.NoError(w, err)
		require.Equal(w, kernel.DeviceRefused, w.outcome(off).State, "they were switched off meanwhile")
		require.NoError(w, w.DeleteAccount(w.Context(), operator, w.kim.UUID))
		require.Equal(w, kernel.DeviceUsed, w.outcome(off).State)
	})
}

// What a terminal gets is no more, and for no longer, than what its person came with.
func TestATerminalGetsNoMoreThanItsPersonHas(t *testing.T) {
	t.Parallel()
	onTerminals(t, func(w *terminals) {
		narrow := w.kim
		narrow.Permissions = access.Reading(narrow.Permissions)
		narrow.Until = w.now.Add(time.Hour)
		d := w.begin()
		granted, err := w.GrantDevice(w.Context(), narrow, d.UserCode, 12*time.Hour)
		require.NoError(w, err)
		require.Equal(w, []any{w.now.Add(time.Hour), false}, []any{granted.Until.UTC(), granted.Writes})
		require.ElementsMatch(w, access.Texts(narrow.Permissions), granted.Permissions)
	})
}

func TestWhatAsksForALoginAtATerminalIsBounded(t *testing.T) {
	t.Parallel()
	onTerminals(t, func(w *terminals) {
		for _, in := range []identity.DeviceInput{{}, {Program: "a\nb"}, {Program: "treaty", Machine: string(make([]byte, 101))}} {
			_, err := w.BeginDevice(w.Context(), in)
			require.Equal(w, kernel.CodeInvalid, kernel.CodeOf(err))
		}
		for range 50 {
			w.begin()
		}
		_, err := w.BeginDevice(w.Context(), identity.DeviceInput{Program: "treaty", Place: "192.0.2.0"})
		require.ErrorIs(w, err, identity.ErrTooManyDevices)
		_, err = w.BeginDevice(w.Context(), identity.DeviceInput{Program: "treaty", Place: "198.51.100.0"})
		require.NoError(w, err, "another network")
	})
}

// What somebody does by a form is judged by what they have, and where they have it for
// some things only, by these.
func TestWhoActsIsJudgedByWhatTheyHave(t *testing.T) {
	t.Parallel()
	onTerminals(t, func(w *terminals) {
		team := access.Team{UUID: "t1", Name: "checkout", Applications: []string{"Shop"}}
		who := access.Who{UUID: w.kim.UUID, Name: "Kim", Teams: []access.Team{team}, Permissions: []access.Permission{
			{Right: access.ManageContracts, Scope: access.OfTeams}, {Right: access.ManageContracts, Scope: access.Own},
		}}
		does := identity.Doing{Need: access.ManageContracts}
		ctx, err := w.Allow(w.Context(), who, does, access.Application("Shop"))
		require.NoError(w, err)
		require.Equal(w, kernel.Actor{Principal: who.UUID}.Principal, kernel.ActorOf(ctx).Principal)
		require.Error(w, kernel.JudgeSecret(ctx, "t1"))
		require.Error(w, kernel.JudgeWebhook(ctx, ""))
		require.Error(w, kernel.JudgeEnvironment(ctx, "live", "t1"))
		require.ErrorContains(w, kernel.JudgeRecord(ctx, "Shop", kernel.Environment{UUID: "e"}), "A tag that is called like an environment")

		ctx, err = w.Allow(w.Context(), who, does, access.Application("New"))
		require.NoError(w, err, "nobody has it yet")
		require.True(w, kernel.ActorOf(ctx).OwnOnly)
		_, err = w.Allow(w.Context(), who, identity.Doing{Need: access.ManageContracts, Deletes: true}, access.Application("New"))
		require.Equal(w, kernel.CodeForbidden, kernel.CodeOf(err), "what is nobody's is not theirs to delete")
		_, err = w.Allow(w.Context(), who, identity.Doing{Need: access.ManageEnvironments})
		require.Equal(w, kernel.CodeForbidden, kernel.CodeOf(err))
		all := access.Operator()
		all.UUID = who.UUID
		ctx, err = w.Allow(w.Context(), all, does, access.Application("Shop"))
		require.NoError(w, err)
		require.NoError(w, kernel.JudgeSecret(ctx, "t1"))
		require.NoError(w, kernel.JudgeEnvironment(ctx, "live"))
		ctx, err = w.Allow(w.Context(), who, identity.Doing{Need: access.ReadContracts})
		require.Error(w, err)
		require.Empty(w, kernel.ActorOf(ctx).Principal)
		found, err := w.FindPerson(w.Context(), "KIM@example.org")
		require.NoError(w, err)
		require.Equal(w, who.UUID, found.UUID)
		_, err = w.FindPerson(w.Context(), "nobody@example.org")
		require.ErrorContains(w, err, "nobody with the address")
	})
}
