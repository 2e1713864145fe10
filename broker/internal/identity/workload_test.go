package identity_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/issuertest"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// builds is a keyring whose broker trusts a build server.
type builds struct {
	*ring
	of *issuertest.Issuer
}

func onEachWithBuilds(t *testing.T, test func(*builds)) {
	t.Helper()
	onEach(t, func(r *ring) {
		b := &builds{r, issuertest.New(r)}
		b.Keyring = r.service.Keyring(func() time.Time { return r.now }, issuer.New(http.DefaultClient, func() time.Time { return r.now }, slog.New(slog.DiscardHandler)), slog.New(slog.DiscardHandler))
		r.Cleanup(b.Keyring.Close)
		test(b)
	})
}

const audience = "https://broker.example"

// trust makes a rule; the account is that of the ring unless another is given.
func (b *builds) trust(name string, match map[string]string, more ...func(*identity.TrustInput)) kernel.TrustRule {
	b.Helper()
	out, err := b.try(name, match, more...)
	require.NoError(b, err)
	return out
}

func (b *builds) try(name string, match map[string]string, more ...func(*identity.TrustInput)) (kernel.TrustRule, error) {
	to, account := audience, b.account
	in := identity.TrustInput{Name: &name, Issuer: &b.of.URL, Audience: &to, Match: match, Account: &account}
	for _, change := range more {
		change(&in)
	}
	return b.service.CreateTrust(b.Context(), access.Operator(), in)
}

// job is a token of a build of the shop.
func (b *builds) job(others map[string]any) string {
	claims := map[string]any{"aud": audience, "sub": "repo:acme/shop:ref:refs/heads/main", "repository_id": "7", "ref": "refs/heads/main"}
	for name, value := range others {
		claims[name] = value
	}
	return b.of.Token(b.now, claims)
}

func (b *builds) refused(value string, says ...string) {
	b.Helper()
	_, err := b.Who(b.Context(), value)
	require.Equal(b, kernel.CodeUnauthorized, kernel.CodeOf(err), "%v", err)
	for _, text := range says {
		require.ErrorContains(b, err, text)
	}
	require.NotContains(b, err.Error(), value)
}

func TestAPipelineIsKnownByTheTokenOfItsBuildServer(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		b.refused(b.job(nil), "No trust rule of this broker is for tokens of the issuer", "repository_id=7")
		require.Zero(b, b.of.Asked(), "nobody trusts the issuer yet, so it is not asked")
		rule := b.trust("shop-main", map[string]string{"repository_id": "7", "ref": "refs/heads/*"})
		job := b.job(nil)
		who, err := b.Who(b.Context(), job)
		require.NoError(b, err)
		require.Equal(b, []string{b.account, "CI", "CI (repo:acme/shop:ref:refs/heads/main)", access.KindWorkload, rule.UUID}, []string{who.UUID, who.Name, who.Title(), who.Kind, who.Rule})
		require.True(b, who.May(access.ManageContracts))
		require.Contains(b, who.Refusal(access.ManageRoles), `repo:acme/shop:ref:refs/heads/main, which the rule "shop-main" lets in as CI, has`)

		before := b.store.asked.Load()
		for range 100 {
			_, err := b.Who(b.Context(), job)
			require.NoError(b, err)
		}
		require.LessOrEqual(b, b.store.asked.Load()-before, int64(2), "what is known costs nothing")

		b.refused(b.job(map[string]any{"repository_id": "8"}), `The rule "shop-main" comes nearest: it wants repository_id=7`, "repository_id=8")
		b.refused(b.job(map[string]any{"ref": "refs/tags/v1"}), "it wants ref=refs/heads/*")
		b.refused(b.job(map[string]any{"ref": nil}), "the token has no claim ref")
		b.refused(b.job(map[string]any{"aud": "https://other.example"}), "it wants the audience "+audience)
		b.refused(b.job(map[string]any{"aud": nil}), "it wants the audience "+audience)
		_, err = b.Who(b.Context(), b.job(map[string]any{"aud": []string{"https://other.example", audience}}))
		require.NoError(b, err)
		b.refused(b.job(map[string]any{"exp": b.now.Add(-time.Hour).Unix()}), "expired")
		b.now = b.now.Add(7 * time.Minute)
		b.refused(job, "The token of repo:acme/shop:ref:refs/heads/main expired at")
	})
}

func TestTheFirstRuleThatFitsCounts(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		reads := false
		all := b.trust("all", map[string]string{"repository_id": "7"}, func(in *identity.TrustInput) { in.Writes = &reads })
		first := 1
		main := b.trust("main", map[string]string{"repository_id": "7", "ref": "refs/heads/main"}, func(in *identity.TrustInput) { in.Position = &first })
		writes := func(ref string) bool {
			who, err := b.Who(b.Context(), b.job(map[string]any{"ref": ref}))
			require.NoError(b, err)
			return who.May(access.ManageContracts)
		}
		require.True(b, writes("refs/heads/main"))
		require.False(b, writes("refs/heads/fix"))
		list, err := b.service.ListTrust(b.Context())
		require.NoError(b, err)
		require.Equal(b, []any{"main", 1, "all", 2}, []any{list[0].Name, list[0].Position, list[1].Name, list[1].Position})

		last := 9
		changed, err := b.service.ChangeTrust(b.Context(), access.Operator(), main.UUID, identity.TrustInput{Position: &last})
		require.NoError(b, err)
		require.Equal(b, 2, changed.Position)
		require.Eventually(b, func() bool { return !writes("refs/heads/main") }, 3*time.Second, 20*time.Millisecond)

		require.NoError(b, b.service.DeleteTrust(b.Context(), operator, all.UUID))
		list, err = b.service.ListTrust(b.Context())
		require.NoError(b, err)
		require.Equal(b, 1, list[0].Position)
		b.refused(b.job(map[string]any{"ref": "refs/heads/other"}), `The rule "main" comes nearest`)
	})
}

func TestWhatIsTakenAwayIsRefusedAlsoWhereItIsKnown(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		rule := b.trust("shop", map[string]string{"repository_id": "7"})
		job := b.job(nil)
		exchanged, err := b.Exchange(b.Context(), job)
		require.NoError(b, err)
		known := func() bool { return b.knows(job) && b.knows(exchanged.Value) }
		gone := func() bool { return !b.knows(job) && !b.knows(exchanged.Value) }
		soon := func(is func() bool, why string) {
			b.Helper()
			require.Eventually(b, is, 3*time.Second, 20*time.Millisecond, why)
		}
		change := func(in identity.TrustInput) {
			b.Helper()
			_, err := b.service.ChangeTrust(b.Context(), access.Operator(), rule.UUID, in)
			require.NoError(b, err)
		}
		require.True(b, known())
		off, on := false, true
		change(identity.TrustInput{Active: &off})
		soon(gone, "a rule that is switched off")
		change(identity.TrustInput{Active: &on})
		soon(known, "and on again")
		_, err = b.service.ChangeAccount(b.Context(), access.Operator(), b.account, identity.AccountInput{Active: &off})
		require.NoError(b, err)
		soon(gone, "an account that is switched off")
		_, err = b.service.ChangeAccount(b.Context(), access.Operator(), b.account, identity.AccountInput{Active: &on})
		require.NoError(b, err)
		soon(known, "and on again")
		change(identity.TrustInput{Permissions: &[]string{"contract_data:read:*"}})
		soon(func() bool {
			one, err := b.Who(b.Context(), job)
			require.NoError(b, err)
			other, err := b.Who(b.Context(), exchanged.Value)
			require.NoError(b, err)
			return !one.May(access.ManageContracts) && !other.May(access.ManageContracts) && other.May(access.ReadContracts)
		}, "a rule that is narrowed narrows what it gave")
		require.NoError(b, b.service.DeleteTrust(b.Context(), operator, rule.UUID))
		soon(gone, "a rule that is deleted")
	})
}

func TestATokenOfMinutesIsExchangedForOneOfAnHour(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		rule := b.trust("shop", map[string]string{"repository_id": "7"})
		got, err := b.Exchange(b.Context(), b.job(nil))
		require.NoError(b, err)
		require.WithinDuration(b, time.Now().Add(time.Hour), got.Expires, time.Minute)
		who, err := b.Who(b.Context(), got.Value)
		require.NoError(b, err)
		require.Equal(b, []string{"CI (repo:acme/shop:ref:refs/heads/main)", access.KindWorkload, rule.UUID}, []string{who.Title(), who.Kind, who.Rule})
		list, err := b.service.ListTokens(b.Context(), b.account)
		require.NoError(b, err)
		require.Len(b, list, 3, "the two that every account has, and the one of the test")
		_, err = b.Exchange(b.Context(), got.Value)
		require.Equal(b, kernel.CodeUnauthorized, kernel.CodeOf(err), "nobody lives for ever by exchanging what they got")
		_, err = b.Exchange(b.Context(), b.value)
		require.Equal(b, kernel.CodeUnauthorized, kernel.CodeOf(err))
		b.now = b.now.Add(61 * time.Minute)
		b.refused(got.Value, "expired at")
	})
}

func TestExchangedTokensDoNotBecomeEverMore(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		b.trust("shop", map[string]string{"repository_id": "7"})
		at := b.now
		b.service.Now = func() time.Time { return at }
		exchange := func() string {
			got, err := b.Exchange(b.Context(), b.job(nil))
			require.NoError(b, err)
			return got.Value
		}
		var values []string
		for range 30 {
			values = append(values, exchange())
		}
		left := func() (n int) {
			require.NoError(b, b.store.View(b.Context(), func(tx kernel.Tx) error {
				for _, value := range values {
					if _, err := tx.FindCredential(identity.PrefixOf(value)); err == nil {
						n++
					}
				}
				return nil
			}))
			return n
		}
		require.Equal(b, 30, left())
		at = at.Add(61 * time.Minute)
		b.now = at
		exchange()
		require.Equal(b, 10, left(), "an exchange deletes more than it makes")
		exchange()
		require.Zero(b, left())
	})
}

func TestARuleThatWouldLetInTheWorldIsRefused(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		url := func(text string) func(*identity.TrustInput) {
			return func(in *identity.TrustInput) { in.Issuer = &text }
		}
		const github = "https://token.actions.githubusercontent.com"
		for _, one := range []struct {
			match map[string]string
			with  func(*identity.TrustInput)
			says  string
		}{
			{nil, nil, "match must have at least one claim"},
			{map[string]string{"ref": "refs/heads/main"}, url(github), "must have one of repository, repository_id"},
			{map[string]string{"environment": "production"}, url("https://gitlab.com"), "must have one of project_id"},
			{map[string]string{"repository": "acme/*"}, url(github), "must be the exact value"},
			{map[string]string{"sub": "repo:*"}, nil, "must be the exact value"},
			{map[string]string{"repository_id": "7", "ref": "**"}, nil, "fits everything"},
			{map[string]string{"iss": "x"}, nil, "must not have iss"},
			{map[string]string{"exp": "1"}, nil, "must not have exp"},
			{map[string]string{" ": "1"}, nil, "without a name"},
			{map[string]string{"a": ""}, nil, "match.a must be given"},
			{map[string]string{"a": "b\nc"}, nil, "match.a"},
			{map[string]string{"a": "b"}, url("http://issuer.example"), "must begin with https"},
			{map[string]string{"a": "b"}, url("http://localhost.example"), "must begin with https"},
			{map[string]string{"a": "b"}, url("https://user:secret@issuer.example"), "neither user nor query"},
			{map[string]string{"a": "b"}, url("https://issuer.example?x=1"), "neither user nor query"},
			{map[string]string{"a": "b"}, url("issuer.example"), "must be the address"},
			{map[string]string{"a": "b"}, url(""), "issuer must be given"},
			{map[string]string{"a": "b"}, func(in *identity.TrustInput) { in.Audience = new(string) }, "audience must be given"},
			{map[string]string{"a": "b"}, func(in *identity.TrustInput) { in.Name = new(string) }, "name must be given"},
			{map[string]string{"a": "b"}, func(in *identity.TrustInput) { in.Account = nil }, "account must be given"},
			{map[string]string{"a": "b"}, func(in *identity.TrustInput) { in.Account = &audience2 }, "no account's uuid"},
			{map[string]string{"a": "b"}, func(in *identity.TrustInput) { in.Permissions = &[]string{"all"} }, "permissions"},
			{map[string]string{"a": "b"}, func(in *identity.TrustInput) { in.Position = new(int) }, "position must be 1"},
		} {
			with := one.with
			if with == nil {
				with = func(*identity.TrustInput) {}
			}
			_, err := b.try("rule", one.match, with)
			require.Equal(b, kernel.CodeInvalid, kernel.CodeOf(err), "%v: %v", one.match, err)
			require.ErrorContains(b, err, one.says)
		}
		for _, match := range []map[string]string{{"repository_owner_id": "1"}, {"sub": "repo:acme/shop:environment:production"}} {
			_, err := b.try(match["sub"]+"ok", match, url(github))
			require.NoError(b, err)
		}
		_, err := b.try("ok", map[string]string{"repository_owner_id": "1"}, url(github))
		require.Equal(b, kernel.CodeConflict, kernel.CodeOf(err), "the name is taken")
	})
}

var audience2 = "00000000-0000-4000-8000-000000000000"

func TestNobodyTrustsMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		weak := access.Who{Name: "weak", Permissions: []access.Permission{{Right: access.ManageAccounts, Scope: access.Everything}, {Right: access.ReadContracts, Scope: access.Everything}}}
		name, to := "weak", audience
		in := identity.TrustInput{Name: &name, Issuer: &b.of.URL, Audience: &to, Match: map[string]string{"repository_id": "7"}, Account: &b.account}
		_, err := b.service.CreateTrust(b.Context(), weak, in)
		require.Equal(b, kernel.CodeForbidden, kernel.CodeOf(err))
		in.Permissions = &[]string{"contract_data:read:*"}
		rule, err := b.service.CreateTrust(b.Context(), weak, in)
		require.NoError(b, err)
		none := []string{}
		_, err = b.service.ChangeTrust(b.Context(), weak, rule.UUID, identity.TrustInput{Permissions: &none})
		require.Equal(b, kernel.CodeForbidden, kernel.CodeOf(err))
		strong := b.trust("strong", map[string]string{"repository_id": "8"})
		_, err = b.service.ChangeTrust(b.Context(), weak, strong.UUID, identity.TrustInput{Match: map[string]string{"repository_id": "9"}})
		require.Equal(b, kernel.CodeForbidden, kernel.CodeOf(err), "whose tokens count is given away as well")
	})
}

func TestWhoComesInForAWhileDoesNotStay(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		b.trust("shop", map[string]string{"repository_id": "7"})
		exchanged, err := b.Exchange(b.Context(), b.job(nil))
		require.NoError(b, err)
		_, limited, err := b.service.CreateToken(b.Context(), access.Operator(), b.account, identity.TokenInput{Name: "a day", Writes: true, ExpiresAt: b.now.Add(24 * time.Hour)})
		require.NoError(b, err)
		for name, value := range map[string]string{"token of an issuer": b.job(nil), "exchanged token": exchanged.Value, "token for a day": limited} {
			who, err := b.Who(b.Context(), value)
			require.NoError(b, err)
			_, _, err = b.service.CreateToken(b.Context(), who, b.account, identity.TokenInput{Name: "for ever", Writes: true})
			require.Equal(b, kernel.CodeForbidden, kernel.CodeOf(err), name)
			require.ErrorContains(b, err, "more time than they have")
			_, _, err = b.service.CreateToken(b.Context(), who, b.account, identity.TokenInput{Name: "a year", Writes: true, ExpiresAt: b.now.Add(365 * 24 * time.Hour)})
			require.Equal(b, kernel.CodeForbidden, kernel.CodeOf(err), name)
			_, _, err = b.service.RegenerateToken(b.Context(), who, b.account, b.token)
			require.Equal(b, kernel.CodeForbidden, kernel.CodeOf(err), name)
			_, _, err = b.service.CreateToken(b.Context(), who, b.account, identity.TokenInput{Name: "a minute", Writes: true, ExpiresAt: time.Now().Add(time.Minute)})
			require.NoError(b, err, name)
		}
		who, err := b.Who(b.Context(), b.value)
		require.NoError(b, err)
		_, _, err = b.service.CreateToken(b.Context(), who, b.account, identity.TokenInput{Name: "for ever", Writes: true})
		require.NoError(b, err)
	})
}

func TestATokenIsTriedWithoutLettingAnybodyIn(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		got, err := b.TryTrust(b.Context(), b.job(nil))
		require.NoError(b, err)
		require.Contains(b, got.Unverified, "no rule is for the issuer")
		b.trust("others", map[string]string{"repository_id": "8"})
		b.trust("shop", map[string]string{"repository_id": "7"})
		got, err = b.TryTrust(b.Context(), b.job(nil))
		require.NoError(b, err)
		require.Empty(b, got.Unverified)
		require.Equal(b, []string{"it wants repository_id=8", ""}, []string{got.Fits[0].Lacks, got.Fits[1].Lacks})
		got, err = b.TryTrust(b.Context(), b.job(map[string]any{"exp": b.now.Add(-time.Hour).Unix()}))
		require.NoError(b, err)
		require.Contains(b, got.Unverified, "expired")
		_, err = b.TryTrust(b.Context(), "text")
		require.Equal(b, kernel.CodeUnauthorized, kernel.CodeOf(err))
	})
}

func TestWhoCannotReachTheIssuerIsToldSo(t *testing.T) {
	t.Parallel()
	onEachWithBuilds(t, func(b *builds) {
		b.trust("shop", map[string]string{"repository_id": "7"})
		b.of.Down(true)
		_, err := b.Who(b.Context(), b.job(nil))
		require.Equal(b, kernel.CodeUnavailable, kernel.CodeOf(err))
		b.of.Down(false)
		b.now = b.now.Add(5 * time.Second)
		_, err = b.Who(b.Context(), b.job(nil))
		require.NoError(b, err)
		b.store.away.Store(true)
		b.of.Down(true)
		_, err = b.Who(context.WithoutCancel(b.Context()), b.job(map[string]any{"jti": "new"}))
		require.Equal(b, kernel.CodeUnavailable, kernel.CodeOf(err), "%v", err)
	})
}

func TestATokenThatOnlyReadsDoesNotChangeTheTeamsOfItsAccount(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		name := "shop"
		team, err := r.service.CreateTeam(r.Context(), access.Operator(), identity.TeamInput{Name: &name, Administrators: &[]string{r.account}})
		require.NoError(r, err)
		may := func(in identity.TokenInput) bool {
			in.Name = "t"
			_, value, err := r.service.CreateToken(r.Context(), access.Operator(), r.account, in)
			require.NoError(r, err)
			who, err := r.Who(r.Context(), value)
			require.NoError(r, err)
			require.Len(r, who.Teams, 1)
			return who.May(access.ManageTeams, access.OneTeam(team.UUID))
		}
		require.True(r, may(identity.TokenInput{Writes: true}))
		require.False(r, may(identity.TokenInput{}))
		require.False(r, may(identity.TokenInput{Writes: true, Permissions: []string{"contract_data:read:*"}}))
	})
}
