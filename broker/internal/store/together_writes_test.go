package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// writes are the steps that write, by the method that each uses.
var writes = map[string]step{
	"EnsurePacticipant": func(p *player, tx kernel.Tx) (any, error) {
		name := p.word("Shop", "Cart", "Stock", "Bank", "Mail")
		found, isNew, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, DisplayName: strings.ToUpper(name), CreatedAt: p.now})
		if err == nil {
			remember(&p.parties, found, func(o kernel.Pacticipant) bool { return o.ID == found.ID })
		}
		return []any{found, isNew}, err
	},
	"SavePacticipant": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		v.MainBranch, v.UpdatedAt = p.word("", "main", "main", "dev"), p.now
		remember(&p.parties, v, func(o kernel.Pacticipant) bool { return o.ID == v.ID })
		return nil, tx.SavePacticipant(v)
	},
	"Foresee": func(p *player, tx kernel.Tx) (any, error) { return nil, p.foresee(tx) },
	"Lock": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		return nil, tx.Lock(kernel.Hold(1+p.IntN(2)), v.Row(), kernel.Row{Kind: kernel.RowPacticipant, ID: v.Pacticipant.ID})
	},
	"LockLeft": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.versions)
		b, _ := one(p, p.branches)
		return nil, tx.LockLeft(kernel.Hold(1+p.IntN(2)), b.Row(), v.Row())
	},
	"DeletePacticipant": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeletePacticipant(v.ID)
	},
	"EnsureLabel": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		label, isNew, err := tx.EnsureLabel(v.ID, p.word("x", "y"), p.now)
		return []any{label, isNew}, err
	},
	"DeleteLabel": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteLabel(v.ID, p.word("x", "y"))
	},
	"EnsureVersion": func(p *player, tx kernel.Tx) (any, error) {
		of, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		v, isNew, err := tx.EnsureVersion(kernel.Version{Pacticipant: of.Party(), Number: fmt.Sprintf("%d.%d", p.IntN(4), p.IntN(12)), CreatedAt: p.now})
		if err == nil {
			remember(&p.versions, v, func(o kernel.Version) bool { return o.ID == v.ID })
		}
		return []any{v, isNew}, err
	},
	"SaveVersion": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		v.BuildURL, v.UpdatedAt = p.word("http://ci/1", "http://ci/2"), p.now
		return nil, tx.SaveVersion(v)
	},
	"DeleteVersion": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteVersion(v.ID)
	}, "DeleteVersions": func(p *player, tx kernel.Tx) (any, error) {
		return nil, tx.DeleteVersions(kernel.VersionIDs(some(p, p.versions)))
	}, "WeighVersions": func(p *player, tx kernel.Tx) (any, error) {
		return tx.WeighVersions(kernel.VersionIDs(some(p, p.versions)))
	}, "LoosenVersion": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		return tx.LoosenVersion(v, 1)
	},

	"EnsureBranch": func(p *player, tx kernel.Tx) (any, error) {
		of, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		b, isNew, err := tx.EnsureBranch(of.ID, p.word("main", "dev", "fix"), p.now)
		if err == nil {
			remember(&p.branches, b, func(o kernel.Branch) bool { return o.ID == b.ID })
		}
		return []any{b, isNew}, err
	},
	"AddToBranch": func(p *player, tx kernel.Tx) (any, error) {
		v, b, ok := p.versionAndBranch()
		if !ok {
			return nothing, nil
		}
		return tx.AddToBranch(b, v, p.chance(20), p.now)
	},
	"RemoveFromBranch": func(p *player, tx kernel.Tx) (any, error) {
		v, b, ok := p.versionAndBranch()
		if !ok {
			return nothing, nil
		}
		return nil, tx.RemoveFromBranch(b.ID, v.ID)
	},
	"DeleteBranch": func(p *player, tx kernel.Tx) (any, error) {
		b, ok := one(p, p.branches)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteBranch(b.ID)
	}, "ThinBranch": func(p *player, tx kernel.Tx) (any, error) {
		b, ok := one(p, p.branches)
		if !ok {
			return nothing, nil
		}
		return tx.ThinBranch(b.ID, 2)
	},

	"AddTag": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		tag, isNew, err := tx.AddTag(v, p.word("prod", "test", "dev"), p.now)
		return []any{tag, isNew}, err
	},
	"AddTags": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		return nil, tx.AddTags(v, []string{"test", "prod", "next"}[p.IntN(3):], p.now)
	},
	"RemoveTag": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		return nil, tx.RemoveTag(v, p.word("prod", "test", "dev", "next"))
	}, "RemoveTags": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		if !ok {
			return nothing, nil
		}
		return tx.RemoveTags(v, []string{"prod", p.word("test", "dev")})
	},

	"EnsureContent": func(p *player, tx kernel.Tx) (any, error) {
		consumer, ok := one(p, p.parties)
		provider, also := one(p, p.parties)
		if !ok || !also {
			return nothing, nil
		}
		c := kernel.Content{ConsumerID: consumer.ID, ProviderID: provider.ID, SHA: p.word("a", "b", "c", "d", "e"), Interactions: p.IntN(3), CreatedAt: p.now}
		var err error
		if c.Packed, err = kernel.PackBody([]byte(`{"sha":"` + c.SHA + `"}`)); err != nil {
			return nil, err
		}
		var isNew bool
		c.ID, isNew, err = tx.EnsureContent(c)
		if err == nil {
			remember(&p.contents, c, func(o kernel.Content) bool { return o.ID == c.ID })
		}
		return []any{c.ID, isNew}, err
	},
	"AddPublication": func(p *player, tx kernel.Tx) (any, error) {
		v, c, ok := p.versionAndContent(func(c kernel.Content) int64 { return c.ConsumerID })
		if !ok {
			return nothing, nil
		}
		n := kernel.NewPublication{Version: v, Provider: p.party(c.ProviderID), ContentID: c.ID, At: p.now}
		if p.chance(70) {
			n.SHA = c.SHA
		}
		pact, err := tx.AddPublication(n)
		if err == nil {
			remember(&p.pacts, pact, func(o kernel.PactPublication) bool {
				return o.ConsumerVersion.ID == pact.ConsumerVersion.ID && o.Provider.ID == pact.Provider.ID
			})
		}
		return pact, err
	},
	"DeletePublications": func(p *player, tx kernel.Tx) (any, error) {
		return nil, tx.DeletePublications(some(p, p.pacts))
	},
	"AddVerification": func(p *player, tx kernel.Tx) (any, error) {
		v, c, ok := p.versionAndContent(func(c kernel.Content) int64 { return c.ProviderID })
		if !ok {
			return nothing, nil
		}
		n := kernel.NewVerification{ContentID: c.ID, ProviderVersion: v, Success: p.chance(60), Telling: matrix.Telling(p.IntN(4)), WIP: p.chance(20), ExecutedAt: p.now.Add(-1), At: p.now}
		if p.chance(70) {
			n.SHA, n.Consumer = c.SHA, p.party(c.ConsumerID)
		}
		if p.chance(30) {
			n.TestResults, n.Selectors = mustPack(`{"tests":[]}`), []kernel.MetadataSelector{{Branch: "main", Latest: true}}
		}
		result, err := tx.AddVerification(n)
		if err == nil {
			p.results = append(p.results, result)
		}
		return result, err
	},
	"DeleteVerification": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.results)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteVerification(v.ID)
	},
	"TouchIntegration": func(p *player, tx kernel.Tx) (any, error) {
		consumer, provider := p.pair()
		return nil, tx.TouchIntegration(consumer, provider, p.now)
	},
	"DeleteIntegration": func(p *player, tx kernel.Tx) (any, error) {
		consumer, provider := p.pair()
		if _, err := tx.FindIntegration(consumer, provider); err != nil {
			return nil, err
		}
		return nil, tx.DeleteIntegration(consumer, provider)
	},
	"DeleteAllIntegrations": func(_ *player, tx kernel.Tx) (any, error) { return nil, tx.DeleteAllIntegrations() },
	"DeleteUnpublished": func(p *player, tx kernel.Tx) (any, error) {
		consumer, provider := p.pair()
		return tx.DeleteUnpublished(consumer, provider, 2)
	},
	"DeleteOrphanVersions": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		return tx.DeleteOrphanVersions(v.ID, 2)
	},
	"DeleteNewestVersions": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		return tx.DeleteNewestVersions(v.ID, 2)
	},
	"CreateEnvironment": func(p *player, tx kernel.Tx) (any, error) {
		id := p.id()
		e, err := tx.CreateEnvironment(kernel.Environment{
			UUID: id, Name: "env-" + id, DisplayName: p.word("One", "two"), Production: p.chance(50), CreatedAt: p.now, Contacts: []kernel.Contact{{Name: "Team"}},
		})
		if err == nil {
			p.places = append(p.places, e)
		}
		return e, err
	},
	"SaveEnvironment": func(p *player, tx kernel.Tx) (any, error) {
		e, ok := one(p, p.places)
		if !ok {
			return nothing, nil
		}
		e.DisplayName, e.UpdatedAt = p.word("Three", "four"), p.now
		return nil, tx.SaveEnvironment(e)
	},
	"DeleteEnvironment": func(p *player, tx kernel.Tx) (any, error) {
		e, ok := one(p, p.places)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteEnvironment(e.ID)
	}, "ThinEnvironment": func(p *player, tx kernel.Tx) (any, error) {
		e, ok := one(p, p.places)
		if !ok {
			return nothing, nil
		}
		return tx.ThinEnvironment(e.ID, 2)
	},

	"RecordDeployment": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		e, also := one(p, p.places)
		if !ok || !also {
			return nothing, nil
		}
		d, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: p.id(), Version: v, Environment: e, Instance: p.word("", "", "blue"), CreatedAt: p.now, Rollback: kernel.MaybeRollback})
		if err == nil {
			p.deployed = append(p.deployed, d)
		}
		return d, err
	},
	"EndDeployment": func(p *player, tx kernel.Tx) (any, error) {
		d, ok := one(p, p.deployed)
		if !ok {
			return nothing, nil
		}
		found, err := tx.ListDeployedVersions(kernel.RecordFilter{UUID: d.UUID}) // as it is now
		if err != nil || len(found) == 0 || !found[0].CurrentlyDeployed {
			return nothing, err
		}
		return nil, tx.EndDeployment(found[0], p.now, "")
	},
	"StartRollout": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		e, also := one(p, p.places)
		if !ok || !also {
			return nothing, nil
		}
		r := kernel.Rollout{
			UUID: p.id(), Record: p.id(), Version: v, Environment: e, Instance: p.word("", "", "blue"), State: kernel.RolloutRunning,
			StartedAt: p.now, UpdatedAt: p.now, Rollback: kernel.MaybeRollback,
		}
		running, err := tx.ListRollouts(kernel.RolloutFilter{PacticipantID: v.Pacticipant.ID, EnvironmentID: e.ID, Instance: &r.Instance, State: kernel.RolloutRunning})
		if err != nil || len(running) > 0 {
			return nothing, err
		}
		if r, err = tx.StartRollout(r); err == nil {
			p.rollouts = append(p.rollouts, r)
		}
		return r, err
	},
	"SaveRollout": func(p *player, tx kernel.Tx) (any, error) {
		r, ok := one(p, p.rollouts)
		if !ok {
			return nothing, nil
		}
		found, err := tx.ListRollouts(kernel.RolloutFilter{UUID: r.UUID})
		if err != nil || len(found) == 0 || !found[0].IsRunning() {
			return nothing, err
		}
		r = found[0]
		r.Share, r.UpdatedAt, r.EndedAt, r.EndedBy = 12_34, p.now, p.now, "ben"
		r.State = kernel.RolloutState(p.word("running", "promoted", "aborted"))
		return r.State, tx.SaveRollout(r)
	},
	"RecordRelease": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		e, also := one(p, p.places)
		if !ok || !also {
			return nothing, nil
		}
		d, isNew, err := tx.RecordRelease(kernel.ReleasedVersion{UUID: p.id(), Version: v, Environment: e, CreatedAt: p.now})
		if err == nil {
			p.released = append(p.released, d)
		}
		return []any{d, isNew}, err
	},
	"EndRelease": func(p *player, tx kernel.Tx) (any, error) {
		d, ok := one(p, p.released)
		if !ok {
			return nothing, nil
		}
		return nil, tx.EndRelease(d, p.now)
	},
	"CreateWebhook": func(p *player, tx kernel.Tx) (any, error) {
		w := kernel.Webhook{UUID: p.id(), Enabled: true, Events: []kernel.EventName{kernel.EventContractPublished}, CreatedAt: p.now,
			Request: kernel.WebhookRequest{Method: "POST", URL: "http://ci.test/x", Headers: []kernel.WebhookHeader{{Name: "a", Value: "b"}}}}
		if of, ok := one(p, p.parties); ok && p.chance(50) {
			w.Consumer.Name, w.Provider.Label = of.Name, p.word("", "x")
		}
		w, err := tx.CreateWebhook(w)
		if err == nil {
			p.webhooks = append(p.webhooks, w)
		}
		return w, err
	},
	"SaveWebhook": func(p *player, tx kernel.Tx) (any, error) {
		w, ok := one(p, p.webhooks)
		if !ok {
			return nothing, nil
		}
		w.Description, w.Enabled, w.UpdatedAt = p.word("one", "two"), p.chance(70), p.now
		return nil, tx.SaveWebhook(w)
	},
	"DeleteWebhook": func(p *player, tx kernel.Tx) (any, error) {
		w, ok := one(p, p.webhooks)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteWebhook(w.ID)
	}, "ThinWebhook": func(p *player, tx kernel.Tx) (any, error) {
		w, ok := one(p, p.webhooks)
		if !ok {
			return nothing, nil
		}
		return tx.ThinWebhook(w.ID, 2)
	},
	"CreatePrincipal": func(p *player, tx kernel.Tx) (any, error) {
		who := kernel.Principal{UUID: p.id(), Kind: kernel.KindAccount, Name: p.word("Shop's CI", "shop's ci", "Ärger"), Active: p.chance(70), CreatedAt: p.now, Roles: p.roleNames()}
		if p.chance(40) {
			who.Kind, who.Email, who.Issuer, who.Subject = kernel.KindUser, who.UUID+"@example.org", "https://issuer.example", who.UUID
			who.LoginRoles = who.Roles[:len(who.Roles)/2]
		}
		who, err := tx.CreatePrincipal(who)
		if err == nil {
			p.principals = append(p.principals, who)
		}
		return who, err
	},
	"SavePrincipal": func(p *player, tx kernel.Tx) (any, error) {
		who, ok := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		who.Name, who.Active, who.UpdatedAt, who.Roles = p.word("one", "two"), p.chance(70), p.now, p.roleNames()
		return nil, tx.SavePrincipal(who)
	},
	"DeletePrincipal": func(p *player, tx kernel.Tx) (any, error) {
		who, ok := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeletePrincipal(who.ID)
	},
	"CreateRole": func(p *player, tx kernel.Tx) (any, error) {
		role := kernel.AccessRole{UUID: p.id(), Permissions: []string{"contract_data:read:*", "webhook:manage:*"}[:p.IntN(3)], CreatedAt: p.now}
		role.Name = role.UUID
		role, err := tx.CreateRole(role)
		if err == nil {
			p.roles = append(p.roles, role)
		}
		return role, err
	},
	"SaveRole": func(p *player, tx kernel.Tx) (any, error) {
		role, ok := one(p, p.roles)
		if !ok {
			return nothing, nil
		}
		role.Description, role.Permissions = p.word("one", "two"), []string{p.word("role:read:*", "role:manage:*")}
		return nil, tx.SaveRole(role)
	},
	"DeleteRole": func(p *player, tx kernel.Tx) (any, error) {
		role, ok := one(p, p.roles)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteRole(role.ID)
	},
	"CreateTeam": func(p *player, tx kernel.Tx) (any, error) {
		team := kernel.Team{UUID: p.id(), CreatedAt: p.now}
		team.Name = "team " + team.UUID
		team, err := tx.CreateTeam(team)
		if err == nil {
			p.teams = append(p.teams, team)
		}
		return team, err
	},
	"SaveTeam": func(p *player, tx kernel.Tx) (any, error) {
		team, ok := one(p, p.teams)
		if !ok {
			return nothing, nil
		}
		team.Members, team.Applications, team.Environments = nil, nil, nil
		for _, who := range some(p, p.principals) {
			team.Members = append(team.Members, kernel.TeamMember{ID: who.ID, Administers: p.chance(50), ByLogin: p.chance(50)})
		}
		consumer, provider := p.pair()
		for _, id := range []int64{consumer, provider} {
			if p.chance(50) && id != 0 {
				team.Applications = append(team.Applications, kernel.Party{ID: id})
			}
		}
		for _, place := range some(p, p.places) {
			team.Environments = append(team.Environments, kernel.TeamEnvironment{ID: place.ID})
		}
		return nil, tx.SaveTeam(team)
	},
	"DeleteTeam": func(p *player, tx kernel.Tx) (any, error) {
		team, ok := one(p, p.teams)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteTeam(team.ID)
	},
	"SetEnvironmentTeams": func(p *player, tx kernel.Tx) (any, error) {
		place, ok := one(p, p.places)
		if !ok {
			return nothing, nil
		}
		var ids []int64
		for _, team := range some(p, p.teams) {
			ids = append(ids, team.ID)
		}
		return nil, tx.SetEnvironmentTeams(place.ID, ids)
	},
	"Claim": func(p *player, tx kernel.Tx) (any, error) {
		of, ok := one(p, p.parties)
		if !ok {
			return nothing, nil
		}
		return nil, tx.Claim(of.ID, p.word("", "somebody"))
	},
	"AddAuditEvent": func(p *player, tx kernel.Tx) (any, error) {
		return nil, tx.AddAuditEvent(kernel.AuditEvent{UUID: p.id(), At: p.now, Name: p.word("one", "two"), Action: p.word("a", "b"), Outcome: kernel.AuditAllowed})
	},
	"SealEvents": func(p *player, tx kernel.Tx) (any, error) {
		chain, err := tx.LockAuditChain()
		if err != nil {
			return nil, err
		}
		events, err := tx.UnsealedEvents(2)
		for i := range events {
			chain.Seq++
			events[i].Seq, events[i].Hash = chain.Seq, p.word("x", "y")
		}
		if err != nil {
			return nil, err
		}
		if err := tx.SealEvents(events); err != nil {
			return nil, err
		}
		return len(events), tx.SaveAuditChain(chain)
	},
	"SaveAuditChain": func(p *player, tx kernel.Tx) (any, error) {
		chain, err := tx.LockAuditChain()
		if err != nil {
			return nil, err
		}
		chain.On, chain.Hash = p.chance(50), p.word("x", "y")
		return chain, tx.SaveAuditChain(chain)
	},
	"CutAuditEvents": func(p *player, tx kernel.Tx) (any, error) { return tx.CutAuditEvents(int64(p.IntN(4)), 2) },
	"CreateSecret": func(p *player, tx kernel.Tx) (any, error) {
		s := kernel.Secret{UUID: p.id(), Description: p.word("one", "two"), Hosts: []string{"a.example", "b.example"}[:p.IntN(3)], Sealed: []byte{0, 1, 0xff}, Key: p.word("k1", "k2"), CreatedAt: p.now, UpdatedAt: p.now}
		s.Name = s.UUID
		if p.chance(30) {
			s.Team = "a team"
		}
		s, err := tx.CreateSecret(s)
		if err == nil {
			p.secrets = append(p.secrets, s)
		}
		return s, err
	},
	"SaveSecret": func(p *player, tx kernel.Tx) (any, error) {
		s, ok := one(p, p.secrets)
		if !ok {
			return nothing, nil
		}
		s.Description, s.Sealed, s.Key, s.UpdatedAt = p.word("three", "four"), []byte{byte(p.IntN(9))}, p.word("k1", "k2"), p.now
		return nil, tx.SaveSecret(s)
	},
	"DeleteSecret": func(p *player, tx kernel.Tx) (any, error) {
		s, ok := one(p, p.secrets)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteSecret(s.ID)
	},
	"CreateToken": func(p *player, tx kernel.Tx) (any, error) {
		who, ok := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		token := kernel.Token{UUID: p.id(), PrincipalID: who.ID, Name: p.word("one", "two"), Writes: p.chance(50), CreatedAt: p.now}
		if p.chance(70) {
			token.Prefix, token.Hash = token.UUID, p.word("aa", "bb")
		}
		if p.chance(30) {
			token.Permissions, token.ExpiresAt = []string{"contract_data:read:*"}, p.now
		}
		if rule, ok := one(p, p.rules); ok && p.chance(30) {
			token.PrincipalID, token.RuleID, token.ExpiresAt = rule.PrincipalID, rule.ID, p.now
		} else if p.chance(30) {
			token.ByLogin, token.ExpiresAt = true, p.now.Add(-time.Duration(p.IntN(48))*time.Hour)
		}
		token, err := tx.CreateToken(token)
		if err == nil {
			p.tokens = append(p.tokens, token)
		}
		return token, err
	},
	"CreateTrustRule": func(p *player, tx kernel.Tx) (any, error) {
		who, ok := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		rule := p.rule(kernel.TrustRule{UUID: p.id(), PrincipalID: who.ID, CreatedAt: p.now})
		rule, err := tx.CreateTrustRule(rule)
		if err == nil {
			p.rules = append(p.rules, rule)
		}
		return rule, err
	},
	"SaveTrustRule": func(p *player, tx kernel.Tx) (any, error) {
		rule, ok := one(p, p.rules)
		if !ok {
			return nothing, nil
		}
		rule = p.rule(rule)
		rule.UpdatedAt = p.now
		return nil, tx.SaveTrustRule(rule)
	},
	"DeleteTrustRule": func(p *player, tx kernel.Tx) (any, error) {
		rule, ok := one(p, p.rules)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteTrustRule(rule.ID)
	},
	"NoteTrust": func(p *player, tx kernel.Tx) (any, error) {
		used := map[int64]time.Time{0: p.now}
		for _, rule := range some(p, p.rules) {
			used[rule.ID] = p.now.Add(time.Duration(-p.IntN(100)) * time.Second)
		}
		return nil, tx.NoteTrust(used)
	},
	"DeleteExchanged": func(p *player, tx kernel.Tx) (any, error) {
		return nil, tx.DeleteExchanged(p.now.Add(time.Duration(-p.IntN(100))*time.Second), 1+p.IntN(3))
	},
	"SaveToken": func(p *player, tx kernel.Tx) (any, error) {
		token, ok := one(p, p.tokens)
		if !ok {
			return nothing, nil
		}
		token.Name, token.Hash, token.Writes = p.word("three", "four"), p.word("cc", "dd"), p.chance(50)
		return nil, tx.SaveToken(token)
	},
	"DeleteToken": func(p *player, tx kernel.Tx) (any, error) {
		token, ok := one(p, p.tokens)
		if !ok {
			return nothing, nil
		}
		return nil, tx.DeleteToken(token.ID)
	},
	"CreateSession": func(p *player, tx kernel.Tx) (any, error) {
		who, ok := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		session, err := tx.CreateSession(kernel.Session{PrincipalID: who.ID, Hash: p.id(), CreatedAt: p.now, ExpiresAt: p.now.Add(time.Duration(p.IntN(100)-20) * time.Second)})
		if err == nil {
			p.sessions = append(p.sessions, session)
		}
		return session, err
	},
	"CreateDeviceLogin": func(p *player, tx kernel.Tx) (any, error) {
		made, err := tx.CreateDeviceLogin(kernel.DeviceLogin{
			DeviceHash: p.id(), CodeHash: p.id(), State: kernel.DeviceWaits, Program: "treaty", Machine: p.word("", "laptop"), Address: "192.0.2.1", Place: p.word("here", "there"),
			CreatedAt: p.now, ExpiresAt: p.now.Add(time.Duration(p.IntN(100)-20) * time.Second),
		})
		if err == nil {
			p.devices = append(p.devices, made)
		}
		return made, err
	},
	"SaveDeviceLogin": func(p *player, tx kernel.Tx) (any, error) {
		found, ok := one(p, p.devices)
		who, known := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		if !known {
			found.State = kernel.DeviceRefused
			return nil, tx.SaveDeviceLogin(found)
		}
		found.State, found.PrincipalID, found.Writes, found.Permissions, found.Until = kernel.DeviceGranted, who.ID, p.chance(50), []string{"contract_data:read:*"}[:p.IntN(2)], p.now
		return nil, tx.SaveDeviceLogin(found)
	},
	"EndSession": func(p *player, tx kernel.Tx) (any, error) {
		session, _ := one(p, p.sessions)
		return tx.EndSession(session.Hash)
	},
	"EndSessionsOf": func(p *player, tx kernel.Tx) (any, error) {
		who, _ := one(p, p.principals)
		return nil, tx.EndSessionsOf(who.ID)
	},
	"NoteLogin": func(p *player, tx kernel.Tx) (any, error) {
		who, ok := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		who.LastLoginAt, who.TeamsMissing = p.now, []string{"one", "two"}[:p.IntN(3)]
		return nil, tx.NoteLogin(who)
	},
	"NoteSeen": func(p *player, tx kernel.Tx) (any, error) {
		used := map[int64]time.Time{0: p.now}
		for _, session := range some(p, p.sessions) {
			used[session.ID] = p.now.Add(time.Duration(-p.IntN(100)) * time.Second)
		}
		return nil, tx.NoteSeen(used)
	},
	"UseLogin": func(p *player, tx kernel.Tx) (any, error) {
		return tx.UseLogin(p.word("one", "two"), p.now.Add(time.Duration(p.IntN(100))*time.Second))
	},
	"DeleteExpired": func(p *player, tx kernel.Tx) (any, error) {
		return tx.DeleteExpired(p.now.Add(time.Duration(p.IntN(100)-20)*time.Second), 2)
	},
	"SetLoginTeams": func(p *player, tx kernel.Tx) (any, error) {
		who, ok := one(p, p.principals)
		if !ok {
			return nothing, nil
		}
		var ids []int64
		for _, team := range some(p, p.teams) {
			ids = append(ids, team.ID)
		}
		return nil, tx.SetLoginTeams(who.ID, ids)
	},
	"NoteUse": func(p *player, tx kernel.Tx) (any, error) {
		used := map[int64]time.Time{0: p.now}
		for _, token := range some(p, p.tokens) {
			used[token.ID] = p.now.Add(time.Duration(-p.IntN(100)) * time.Second)
		}
		return nil, tx.NoteUse(used)
	},
	"DeleteFirings": func(p *player, tx kernel.Tx) (any, error) {
		consumer, provider := p.pair()
		return tx.DeleteFirings(consumer, provider, 2)
	},

	"EnqueueWebhooks": func(p *player, tx kernel.Tx) (any, error) {
		w, ok := one(p, p.webhooks)
		pact, also := one(p, p.pacts)
		if !ok || !also {
			return nothing, nil
		}
		fired, err := tx.EnqueueWebhooks(kernel.TriggeredWebhook{
			UUID: p.id(), WebhookID: w.ID, WebhookUUID: w.UUID, Event: kernel.EventContractPublished, Consumer: pact.Consumer, Provider: pact.Provider,
			PublicationID: pact.ID, Status: kernel.TriggerNotRun, CreatedAt: p.now,
		})
		p.firings = append(p.firings, fired...)
		return fired, err
	},
	"RecordWebhookAttempt": func(p *player, tx kernel.Tx) (any, error) {
		w, ok := one(p, p.firings)
		if !ok {
			return nothing, nil
		}
		return nil, tx.RecordWebhookAttempt(kernel.WebhookAttempt{UUID: p.id(), TriggeredID: w.ID, Success: p.chance(50), Logs: "done", CreatedAt: p.now}, kernel.TriggerSuccess)
	},
	"NoteTelling": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.results)
		if !ok {
			return nothing, nil
		}
		return nil, tx.NoteTelling(v.ID, matrix.Telling(p.IntN(4)))
	},
	"SaveWorkOutcome": func(p *player, tx kernel.Tx) (any, error) {
		return nil, tx.SaveWorkOutcome(kernel.WorkOutcome{Name: "clean", BeganAt: p.now, EndedAt: p.now, Asked: p.chance(50), Report: p.word("{}", "[]")})
	},
	"ClaimCount": func(p *player, tx kernel.Tx) (any, error) {
		return tx.ClaimCount(p.now, p.now.Add(-60e9))
	},
	"KeepMetrics": func(p *player, tx kernel.Tx) (any, error) {
		return nil, tx.KeepMetrics(kernel.Metrics{Publications: int64(p.IntN(9)), CountedAt: p.now})
	},
	"SaveCleanMark": func(p *player, tx kernel.Tx) (any, error) {
		return nil, tx.SaveCleanMark(kernel.RowContent, int64(p.IntN(100)))
	},
	"DeleteContents": func(p *player, tx kernel.Tx) (any, error) {
		return tx.DeleteContents(idsOf(some(p, p.contents), contentID))
	},
	"DeleteReplaced": func(p *player, tx kernel.Tx) (any, error) {
		switch p.IntN(3) {
		case 0:
			return tx.DeleteReplaced(kernel.RowVerification, idsOf(some(p, p.results), func(v kernel.Verification) int64 { return v.ID }))
		case 1:
			return tx.DeleteReplaced(kernel.RowFiring, idsOf(some(p, p.firings), func(w kernel.TriggeredWebhook) int64 { return w.ID }))
		}
		return tx.DeleteReplaced(kernel.RowPublication, idsOf(some(p, p.pacts), pactID))
	},
	"SaveGateAnswer": func(p *player, tx kernel.Tx) (any, error) {
		return tx.SaveGateAnswer(kernel.GateAnswer{
			Question:    kernel.GateQuestion{Selectors: []matrix.Selector{{Pacticipant: p.word("Shop", "Cart"), Version: "1"}}},
			QuestionKey: p.word("q1", "q2"), AnswerKey: p.word("yes", "no"), Times: 1, FirstAt: p.now, LastAt: p.now,
		})
	},
	"DeleteGateAnswers": func(p *player, tx kernel.Tx) (any, error) { return tx.DeleteGateAnswers(p.now.Add(-600e9), 2) },
}

// versionAndBranch picks a version with a branch of its application.
func (p *player) versionAndBranch() (v kernel.Version, b kernel.Branch, ok bool) {
	if v, ok = one(p, p.versions); !ok {
		return v, b, false
	}
	var of []kernel.Branch
	for _, b := range p.branches {
		if b.Pacticipant.ID == v.Pacticipant.ID {
			of = append(of, b)
		}
	}
	b, ok = one(p, of)
	return v, b, ok
}

// versionAndContent picks a version with a content in which its application has
// the role that role returns.
func (p *player) versionAndContent(role func(kernel.Content) int64) (v kernel.Version, c kernel.Content, ok bool) {
	if v, ok = one(p, p.versions); !ok {
		return v, c, false
	}
	var of []kernel.Content
	for _, c := range p.contents {
		if role(c) == v.Pacticipant.ID {
			of = append(of, c)
		}
	}
	c, ok = one(p, of)
	return v, c, ok
}

func (p *player) party(id int64) kernel.Party {
	for _, of := range p.parties {
		if of.ID == id {
			return of.Party()
		}
	}
	return kernel.Party{ID: id}
}

// pair picks two applications that may have a pact.
func (p *player) pair() (consumer, provider int64) {
	if pact, ok := one(p, p.pacts); ok && p.chance(80) {
		return pact.Consumer.ID, pact.Provider.ID
	}
	c, _ := one(p, p.parties)
	r, _ := one(p, p.parties)
	return c.ID, r.ID
}

// rule draws what of a trust rule can change.
func (p *player) rule(r kernel.TrustRule) kernel.TrustRule {
	r.Name, r.Issuer, r.Audience = r.UUID+p.word("one", "two"), "https://"+p.word("a", "b"), p.word("c", "d")
	r.Conditions = []kernel.Condition{{Claim: "ref", Value: p.word("main", "*")}, {Claim: "sub", Value: "x"}}
	r.Writes, r.Active, r.Position, r.Permissions = p.chance(50), p.chance(70), 1+p.IntN(5), nil
	if p.chance(30) {
		r.Permissions = []string{"contract_data:read:*"}
	}
	return r
}

func mustPack(text string) []byte {
	packed, err := kernel.PackBody([]byte(text))
	if err != nil {
		panic(err)
	}
	return packed
}

// foresee says what steps are going to do that are known: some of it will be done
// as said, some after changes that make the answers untrue, and some not at all.
func (p *player) foresee(tx kernel.Tx) error {
	of, ok := one(p, p.parties)
	other, _ := one(p, p.parties)
	version, _ := one(p, p.versions)
	content, _ := one(p, p.contents)
	number := fmt.Sprintf("%d.%d", p.IntN(4), p.IntN(12))
	if !ok {
		return nil
	}
	// Whoever is first at something takes no identity for it, or those of the two
	// games would not be the same: nothing is foreseen that is not there.
	_, there := one(p, p.versions)
	seed := p.Uint64()
	return tx.Foresee(func(ahead kernel.Tx) {
		p.Rand = rand.New(rand.NewPCG(seed, 2))
		_, _ = ahead.FindPacticipants("Shop", "Cart", "Nobody") // the answers come later
		_, _ = ahead.FindVersion(of.ID, number)
		_, _ = ahead.FindBranch(of.ID, p.word("main", "dev"))
		_, _ = ahead.HasWebhooks()
		_, _ = ahead.MatchingWebhooks(of.Party(), other.Party())
		_, _ = ahead.ProviderHasVerified(of.ID, other.ID)
		_, _ = ahead.ListDeployedVersions(kernel.RecordFilter{PacticipantID: other.ID, Current: true})
		_, _ = ahead.ListReleasedVersions(kernel.RecordFilter{PacticipantID: other.ID, Current: true})
		_, _ = ahead.FindContent(content.ConsumerID, content.ProviderID, content.SHA)
		_, _ = ahead.Body(content.ID)
		if !there {
			return
		}
		_, _, _ = ahead.EnsureVersion(version)
		_, _ = ahead.TagsOf([]int64{version.ID})
		_, _ = ahead.BranchesOf([]int64{version.ID})
		_, _ = ahead.CountBranches(version.ID)
		_, _ = ahead.CountTags(version.ID)
		_, _ = ahead.FindPublication(version.ID, other.ID)
		_, _ = ahead.HasVerification(content.ID, version.ID)
		_, _ = ahead.EarlierContents(version, other.ID, []string{"prod", "test"})
		_, _ = ahead.EarlierUntagged(version, other.ID)
		_, _ = ahead.ListPublications(kernel.PublicationFilter{ConsumerID: of.ID, ProviderID: other.ID, Before: &version, Untagged: true, Limit: 1})
	})
}
