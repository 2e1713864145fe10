package store_test

import (
	"cmp"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// answers makes one answer of several.
func answers(err error, values ...any) (any, error) { return values, err }

// reads are the steps that read, by the method that each uses.
var reads = map[string]step{
	"Ping": func(_ *player, tx kernel.Tx) (any, error) { return nil, tx.Ping() },
	"Keep": func(_ *player, tx kernel.Tx) (any, error) {
		tx.Keep("key", "answer", 1)
		return nil, nil
	},
	"Known": func(_ *player, tx kernel.Tx) (any, error) { // an update knows of no answer
		_, known := tx.Known("key")
		return known, nil
	},
	"FindPacticipant": func(p *player, tx kernel.Tx) (any, error) { return tx.FindPacticipant(p.word("Shop", "Cart", "Stock")) },
	"FindPacticipants": func(_ *player, tx kernel.Tx) (any, error) {
		return tx.FindPacticipants("Shop", "Cart", "Nobody")
	},
	"FindPacticipantByID": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		return tx.FindPacticipantByID(v.ID)
	},
	"ListPacticipants": func(p *player, tx kernel.Tx) (any, error) {
		found, total, err := tx.ListPacticipants(kernel.PacticipantQuery{Search: p.word("", "s"), Label: p.word("", "x"), Page: p.page()})
		return answers(err, found, total)
	},
	"ListPacticipantNames": func(_ *player, tx kernel.Tx) (any, error) { return tx.ListPacticipantNames() },
	"FindLabel": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		return tx.FindLabel(v.ID, "x")
	},
	"ListLabelNames": func(p *player, tx kernel.Tx) (any, error) {
		found, total, err := tx.ListLabelNames(p.page())
		return answers(err, found, total)
	},
	"LabelsOf": func(p *player, tx kernel.Tx) (any, error) { return tx.LabelsOf(idsOf(p.parties, partyID)) },
	"FindVersion": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.versions)
		return tx.FindVersion(v.Pacticipant.ID, v.Number)
	},
	"FindVersionByID": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.versions)
		return tx.FindVersionByID(v.ID)
	},
	"FindVersionsNumbered": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.versions)
		return tx.FindVersionsNumbered(v.Number, 1+p.IntN(3))
	},
	"FindPacticipantsByID": func(p *player, tx kernel.Tx) (any, error) {
		return tx.FindPacticipantsByID(idsOf(some(p, p.parties), partyID))
	},
	"FindVersionsByID": func(p *player, tx kernel.Tx) (any, error) {
		return tx.FindVersionsByID(idsOf(some(p, p.versions), versionID))
	},
	"FindLatestVersion": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		return tx.FindLatestVersion(v.ID)
	},
	"LatestVersions": func(p *player, tx kernel.Tx) (any, error) { return tx.LatestVersions(idsOf(p.parties, partyID)) },
	"ListVersions": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		f := kernel.VersionFilter{PacticipantID: v.ID, Tag: p.word("", "", "prod"), Page: p.page()}
		if b, ok := one(p, p.branches); ok && p.chance(60) {
			f.PacticipantID, f.BranchID = b.Pacticipant.ID, b.ID
		}
		if e, ok := one(p, p.places); ok && p.chance(10) {
			f.EnvironmentID = e.ID
		}
		found, total, err := tx.ListVersions(f)
		return answers(err, found, total)
	},
	"FindBranch": func(p *player, tx kernel.Tx) (any, error) {
		b, _ := one(p, p.branches)
		return tx.FindBranch(b.Pacticipant.ID, b.Name)
	},
	"ListBranches": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		found, total, err := tx.ListBranches(v.ID, p.word("", "m"), p.page())
		return answers(err, found, total)
	},
	"FindBranchVersion": func(p *player, tx kernel.Tx) (any, error) {
		v, b, _ := p.versionAndBranch()
		return tx.FindBranchVersion(b.ID, v.ID)
	},
	"CountBranches": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.versions)
		return tx.CountBranches(v.ID)
	},
	"BranchesOf": func(p *player, tx kernel.Tx) (any, error) {
		return tx.BranchesOf(idsOf(some(p, p.versions), versionID))
	},
	"FindTag": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.versions)
		return tx.FindTag(v.ID, p.word("prod", "test"))
	},
	"CountTags": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.versions)
		return tx.CountTags(v.ID)
	},
	"FindTagHead": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		return tx.FindTagHead(v.ID, p.word("prod", "test"))
	},
	"TagsOf": func(p *player, tx kernel.Tx) (any, error) { return tx.TagsOf(idsOf(some(p, p.versions), versionID)) },
	"FindContent": func(p *player, tx kernel.Tx) (any, error) {
		c, _ := one(p, p.contents)
		return tx.FindContent(c.ConsumerID, c.ProviderID, c.SHA)
	},
	"FindNamedContent": func(p *player, tx kernel.Tx) (any, error) {
		c, _ := one(p, p.contents)
		return tx.FindNamedContent("Shop", "Cart", c.SHA)
	},
	"FindNamedPublication": func(p *player, tx kernel.Tx) (any, error) { return tx.FindNamedPublication(p.named()) },
	// What is foreseen must be what is found without.
	"ForeseePact": func(p *player, tx kernel.Tx) (any, error) {
		q := p.named()
		if err := tx.ForeseePact(q); err != nil {
			return nil, err
		}
		return tx.FindNamedPublication(q)
	},
	"ForeseeQuestion": func(_ *player, tx kernel.Tx) (any, error) {
		q := matrix.Query{Selectors: []matrix.Selector{{Pacticipant: "Shop", Branch: "main", Latest: true}}, Target: matrix.Target{Tag: "prod", Latest: true}}
		if err := tx.ForeseeQuestion(q); err != nil {
			return nil, err
		}
		d, err := matrix.Ask(tx.MatrixFacts(time.Time{}), q)
		return d.Summary(), err
	},
	"LatestPublications": func(p *player, tx kernel.Tx) (any, error) {
		consumer, provider := p.pair()
		return tx.LatestPublications([][2]int64{{consumer, provider}, {provider, consumer}})
	},
	"Together": func(_ *player, tx kernel.Tx) (any, error) {
		var names []string
		var environments []kernel.Environment
		err := tx.Together(func() (err error) {
			names, err = tx.ListPacticipantNames()
			return err
		}, func() (err error) {
			environments, err = tx.ListEnvironments()
			return err
		})
		return []any{names, environments}, err
	},
	"Body": func(p *player, tx kernel.Tx) (any, error) {
		c, ok := one(p, p.contents)
		if !ok { // one that there never was is not one that is gone
			return nothing, nil
		}
		return tx.Body(c.ID)
	},
	"FindPublication": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.pacts)
		return tx.FindPublication(v.ConsumerVersion.ID, v.Provider.ID)
	},
	"FindPublicationByID": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.pacts)
		return tx.FindPublicationByID(v.ID)
	},
	"LatestRevision": func(p *player, tx kernel.Tx) (any, error) {
		c, _ := one(p, p.contents)
		return tx.LatestRevision(c.ID)
	},
	"NotableRevisions": func(p *player, tx kernel.Tx) (any, error) {
		return tx.NotableRevisions(idsOf(p.contents, contentID))
	},
	"ListPublications": func(p *player, tx kernel.Tx) (any, error) { return tx.ListPublications(p.publications()) },
	"NotablePublications": func(p *player, tx kernel.Tx) (any, error) {
		return tx.NotablePublications(p.pair())
	},
	"EarlierContents": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		r, also := one(p, p.parties)
		if !ok || !also {
			return nothing, nil
		}
		return tx.EarlierContents(v, r.ID, []string{"prod", "test"})
	},
	"EarlierUntagged": func(p *player, tx kernel.Tx) (any, error) {
		v, ok := one(p, p.versions)
		r, also := one(p, p.parties)
		if !ok || !also {
			return nothing, nil
		}
		return tx.EarlierUntagged(v, r.ID)
	},
	"LatestTags": func(p *player, tx kernel.Tx) (any, error) { return tx.LatestTags(some(p, p.pacts)) },
	"FindVerification": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.results)
		return tx.FindVerification(v.ContentID, v.Number)
	},
	"FindVerificationByID": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.results)
		return tx.FindVerificationByID(v.ID)
	},
	"FindVerificationsByID": func(p *player, tx kernel.Tx) (any, error) {
		return tx.FindVerificationsByID(idsOf(some(p, p.results), func(v kernel.Verification) int64 { return v.ID }))
	},
	"LatestVerification": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.results)
		return tx.LatestVerification(v.ContentID)
	},
	"LatestMainVerification": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.results)
		return tx.LatestMainVerification(v.ContentID)
	},
	"LatestVerifications": func(p *player, tx kernel.Tx) (any, error) {
		return tx.LatestVerifications(idsOf(p.contents, contentID))
	},
	"RecentPublications":  func(_ *player, tx kernel.Tx) (any, error) { return tx.RecentPublications(3) },
	"RecentVerifications": func(_ *player, tx kernel.Tx) (any, error) { return tx.RecentVerifications(3) },
	"RecentDeployments":   func(_ *player, tx kernel.Tx) (any, error) { return tx.RecentDeployments(3) },
	"RecentReleases":      func(_ *player, tx kernel.Tx) (any, error) { return tx.RecentReleases(3) },
	"ResultsBefore": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.results)
		return tx.ResultsBefore(v.ContentID, v.Number, 5)
	},
	"ContentStates": func(p *player, tx kernel.Tx) (any, error) {
		return tx.ContentStates(idsOf(p.contents, contentID))
	},
	"TestsAfter": func(p *player, tx kernel.Tx) (any, error) {
		found, last, err := tx.TestsAfter(int64(p.IntN(150)), p.now.Add(time.Duration(p.IntN(3))*time.Minute), 1+p.IntN(9))
		return []any{found, last}, err
	},
	"VerificationDetail": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.results)
		results, by, err := tx.VerificationDetail(v.ID)
		return answers(err, results, by)
	},
	"HasVerification": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.results)
		return tx.HasVerification(v.ContentID, v.ProviderVersion.ID)
	},
	"ProviderHasVerified": func(p *player, tx kernel.Tx) (any, error) { return tx.ProviderHasVerified(p.pair()) },
	"FindIntegration":     func(p *player, tx kernel.Tx) (any, error) { return tx.FindIntegration(p.pair()) },
	"ListIntegrations": func(p *player, tx kernel.Tx) (any, error) {
		found, total, err := tx.ListIntegrations(kernel.IntegrationQuery{Search: p.word("", "s"), Page: p.page()})
		return answers(err, found, total)
	},
	"PairsOf": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		return tx.PairsOf(v.ID)
	},
	"FindEnvironment": func(p *player, tx kernel.Tx) (any, error) {
		e, _ := one(p, p.places)
		return tx.FindEnvironment(e.UUID)
	},
	"FindEnvironmentByName": func(p *player, tx kernel.Tx) (any, error) {
		e, _ := one(p, p.places)
		return tx.FindEnvironmentByName(e.Name)
	},
	"ListEnvironments": func(_ *player, tx kernel.Tx) (any, error) { return tx.ListEnvironments() },
	"ListRollouts": func(p *player, tx kernel.Tx) (any, error) {
		r := p.records()
		f := kernel.RolloutFilter{PacticipantID: r.PacticipantID, VersionID: r.VersionID, EnvironmentID: r.EnvironmentID, Limit: p.IntN(4)}
		if r.Current {
			f.State = kernel.RolloutRunning
		}
		return tx.ListRollouts(f)
	},
	"ListDeployedVersions": func(p *player, tx kernel.Tx) (any, error) {
		return tx.ListDeployedVersions(p.records())
	},
	"ListPlaceChanges": func(p *player, tx kernel.Tx) (any, error) {
		e, _ := one(p, p.places)
		all, err := tx.ListPlaceChanges(kernel.PlaceHistoryQuery{EnvironmentID: e.ID, Limit: 3})
		if len(all) == 0 {
			return all, err
		}
		more, err := tx.ListPlaceChanges(kernel.PlaceHistoryQuery{EnvironmentID: e.ID, Before: all[len(all)-1].PlaceMoment, Limit: 3})
		return answers(err, all, more)
	},
	"ListReleasedVersions": func(p *player, tx kernel.Tx) (any, error) { return tx.ListReleasedVersions(p.records()) },
	"DeployedOf": func(p *player, tx kernel.Tx) (any, error) {
		return tx.DeployedOf(idsOf(some(p, p.versions), versionID))
	},
	"ReleasedOf": func(p *player, tx kernel.Tx) (any, error) {
		return tx.ReleasedOf(idsOf(some(p, p.versions), versionID))
	},
	"IdentityChange": func(_ *player, tx kernel.Tx) (any, error) {
		_, err := tx.IdentityChange() // it is drawn
		return nil, err
	},
	"FindCredential": func(p *player, tx kernel.Tx) (any, error) {
		token, _ := one(p, p.tokens)
		return tx.FindCredential(token.Prefix)
	},
	"FindSession": func(p *player, tx kernel.Tx) (any, error) {
		session, _ := one(p, p.sessions)
		return tx.FindSession(session.Hash)
	},
	"FindDeviceLogin": func(p *player, tx kernel.Tx) (any, error) {
		found, _ := one(p, p.devices)
		return tx.FindDeviceLogin(found.DeviceHash)
	},
	"FindDeviceLoginByCode": func(p *player, tx kernel.Tx) (any, error) {
		found, _ := one(p, p.devices)
		return tx.FindDeviceLoginByCode(found.CodeHash)
	},
	"CountDeviceLogins": func(p *player, tx kernel.Tx) (any, error) {
		all, there, err := tx.CountDeviceLogins(p.now.Add(time.Duration(p.IntN(100)-20)*time.Second), p.word("here", "there"))
		return []int{all, there}, err
	},
	"FindPerson": func(p *player, tx kernel.Tx) (any, error) {
		who, _ := one(p, p.principals)
		return tx.FindPerson(who.Issuer, who.Subject)
	},
	"FindByEmail": func(p *player, tx kernel.Tx) (any, error) {
		who, _ := one(p, p.principals)
		return tx.FindByEmail(who.Email)
	},
	"AnyExpired": func(p *player, tx kernel.Tx) (any, error) {
		return tx.AnyExpired(p.now.Add(time.Duration(p.IntN(100)-50) * time.Second))
	},
	"FindPrincipal": func(p *player, tx kernel.Tx) (any, error) {
		who, _ := one(p, p.principals)
		return tx.FindPrincipal(who.UUID)
	},
	"ListPrincipals": func(p *player, tx kernel.Tx) (any, error) {
		f := kernel.PrincipalFilter{Search: p.word("", "shop", "är", "%"), Role: p.word("", "role one"), Active: p.chance(50)}
		if p.chance(30) {
			f.Kind = kernel.KindUser
		}
		if p.chance(50) {
			f.Page = kernel.Page{Number: 1 + p.IntN(2), Size: 2}
		}
		found, total, err := tx.ListPrincipals(f)
		return answers(err, found, total)
	},
	"FindToken": func(p *player, tx kernel.Tx) (any, error) {
		token, _ := one(p, p.tokens)
		return tx.FindToken(token.UUID)
	},
	"ListTrustRules": func(_ *player, tx kernel.Tx) (any, error) { return tx.ListTrustRules() },
	"FindTrusted": func(p *player, tx kernel.Tx) (any, error) {
		rule, _ := one(p, p.rules)
		return tx.FindTrusted(rule.UUID)
	},
	"TokensOf": func(p *player, tx kernel.Tx) (any, error) {
		who, _ := one(p, p.principals)
		return tx.TokensOf(who.ID)
	},
	"AuditChain":     func(_ *player, tx kernel.Tx) (any, error) { return tx.AuditChain() },
	"LockAuditChain": func(_ *player, tx kernel.Tx) (any, error) { return tx.LockAuditChain() },
	"UnsealedEvents": func(p *player, tx kernel.Tx) (any, error) { return tx.UnsealedEvents(1 + p.IntN(3)) },
	"CountUnsealed": func(_ *player, tx kernel.Tx) (any, error) {
		n, oldest, err := tx.CountUnsealed()
		return answers(err, n, oldest)
	},
	"SealedEvents": func(p *player, tx kernel.Tx) (any, error) { return tx.SealedEvents(int64(p.IntN(3)), 3) },
	"FindAuditEvent": func(p *player, tx kernel.Tx) (any, error) {
		return tx.FindAuditEvent(p.word("none", "00000000-0000-4000-8000-000000000003"))
	},
	"ListAuditEvents": func(p *player, tx kernel.Tx) (any, error) {
		return tx.ListAuditEvents(kernel.AuditFilter{Action: p.word("", "a"), Ascending: p.chance(50), Limit: 3, Offset: p.IntN(2)})
	},
	"FirstSealedSince": func(p *player, tx kernel.Tx) (any, error) { return tx.FirstSealedSince(p.now) },
	"ListSecrets":      func(_ *player, tx kernel.Tx) (any, error) { return tx.ListSecrets() },
	"SecretsNamed": func(p *player, tx kernel.Tx) (any, error) {
		s, _ := one(p, p.secrets)
		return tx.SecretsNamed(p.word("", "a team"), []string{s.Name, "x"})
	},
	"FindSecret": func(p *player, tx kernel.Tx) (any, error) {
		s, _ := one(p, p.secrets)
		return tx.FindSecret(s.UUID)
	},
	"SealedOtherwise": func(p *player, tx kernel.Tx) (any, error) {
		return tx.SealedOtherwise(p.word("k1", "k2"), int64(p.IntN(3)), 1+p.IntN(3))
	},
	"ListRoles": func(_ *player, tx kernel.Tx) (any, error) { return tx.ListRoles() },
	"FindTeam": func(p *player, tx kernel.Tx) (any, error) {
		team, _ := one(p, p.teams)
		return tx.FindTeam(team.UUID)
	},
	"ListTeams": func(p *player, tx kernel.Tx) (any, error) {
		f := kernel.TeamFilter{Search: p.word("", "e", "%"), Application: p.word("", "Shop")}
		if who, ok := one(p, p.principals); ok && p.chance(30) {
			f.Member = who.ID
		}
		if place, ok := one(p, p.places); ok && p.chance(30) {
			f.Environment = place.ID
		}
		if p.chance(50) {
			f.Page = kernel.Page{Number: 1 + p.IntN(2), Size: 2}
		}
		found, total, err := tx.ListTeams(f)
		return answers(err, found, total)
	},
	"GuardedEnvironments": func(_ *player, tx kernel.Tx) (any, error) { return tx.GuardedEnvironments() },
	"IsUnclaimed": func(p *player, tx kernel.Tx) (any, error) {
		id, _ := p.pair()
		return tx.IsUnclaimed(id)
	},
	"HasMade": func(p *player, tx kernel.Tx) (any, error) {
		who, _ := one(p, p.principals)
		return tx.HasMade(who.UUID)
	},
	"FindWebhook": func(p *player, tx kernel.Tx) (any, error) {
		w, _ := one(p, p.webhooks)
		return tx.FindWebhook(w.UUID)
	},
	"ListWebhooks": func(p *player, tx kernel.Tx) (any, error) {
		q := kernel.WebhookQuery{}
		if p.chance(50) {
			q.Consumer = &kernel.WebhookSide{Name: p.word("", "Shop")}
		}
		return tx.ListWebhooks(q)
	},
	"MatchingWebhooks": func(p *player, tx kernel.Tx) (any, error) {
		c, r := p.pair()
		return tx.MatchingWebhooks(p.party(c), p.party(r))
	},
	"HasWebhooks": func(_ *player, tx kernel.Tx) (any, error) { return tx.HasWebhooks() },
	"MatchWebhook": func(p *player, tx kernel.Tx) (any, error) {
		w, _ := one(p, p.webhooks)
		c, r := p.pair()
		return tx.MatchWebhook(w.ID, p.party(c), p.party(r))
	},
	"WebhookStates": func(p *player, tx kernel.Tx) (any, error) {
		if w, ok := one(p, p.webhooks); ok && p.chance(50) {
			return tx.WebhookStates(w.ID)
		}
		return tx.WebhookStates()
	},
	"ListFirings": func(p *player, tx kernel.Tx) (any, error) {
		w, _ := one(p, p.webhooks)
		f := kernel.WebhookFiringFilter{WebhookID: w.ID, Limit: 1 + p.IntN(3), Before: int64(p.IntN(4))}
		if p.chance(50) {
			f.Statuses = kernel.TriggerStatuses()[p.IntN(4):]
		}
		return tx.ListFirings(f)
	},
	"ListFiringsOfPair": func(p *player, tx kernel.Tx) (any, error) {
		w, _ := one(p, p.webhooks)
		c, r := p.pair()
		return tx.ListFiringsOfPair(w.ID, c, r, kernel.EventContractPublished, 3)
	},
	"ListReplicas":    func(_ *player, tx kernel.Tx) (any, error) { return tx.ListReplicas() },
	"ListPeriodic":    func(_ *player, tx kernel.Tx) (any, error) { return tx.ListPeriodic() },
	"FindWorkOutcome": func(_ *player, tx kernel.Tx) (any, error) { return tx.FindWorkOutcome("clean") },
	"OpenDeliveries": func(_ *player, tx kernel.Tx) (any, error) {
		n, oldest, err := tx.OpenDeliveries(2)
		return answers(err, n, oldest)
	},
	"DatabaseSize": func(_ *player, tx kernel.Tx) (any, error) {
		bytes, free, err := tx.DatabaseSize()
		return answers(err, bytes > 0, free >= 0) // it grows with what is written
	},
	"WeighPacticipant": func(p *player, tx kernel.Tx) (any, error) {
		v, _ := one(p, p.parties)
		return tx.WeighPacticipant(v.ID, 1+p.IntN(5))
	},
	"WeighIntegration": func(p *player, tx kernel.Tx) (any, error) {
		c, r := p.pair()
		return tx.WeighIntegration(c, r, 1+p.IntN(5))
	},
	"WeighBranch": func(p *player, tx kernel.Tx) (any, error) {
		_, b, _ := p.versionAndBranch()
		return tx.WeighBranch(b.ID, 1+p.IntN(5))
	},
	"ListTriggeredWebhooks": func(p *player, tx kernel.Tx) (any, error) {
		f := kernel.TriggeredWebhookFilter{Limit: p.IntN(3)}
		if v, ok := one(p, p.pacts); ok {
			f.ConsumerID, f.ProviderID, f.VersionID, f.PublicationID = v.Consumer.ID, v.Provider.ID, v.ConsumerVersion.ID, v.ID
		}
		return tx.ListTriggeredWebhooks(f)
	},
	"ListLatestFirings": func(p *player, tx kernel.Tx) (any, error) { return tx.ListLatestFirings(p.pair()) },
	"ListWebhookAttempts": func(p *player, tx kernel.Tx) (any, error) {
		w, _ := one(p, p.firings)
		return tx.ListWebhookAttempts(w.ID)
	},
	"CountAll":       func(_ *player, tx kernel.Tx) (any, error) { return tx.CountAll() },
	"HistoryLength":  func(_ *player, tx kernel.Tx) (any, error) { return tx.HistoryLength() },
	"KeptMetrics":    func(_ *player, tx kernel.Tx) (any, error) { return tx.KeptMetrics() },
	"CleanMark":      func(_ *player, tx kernel.Tx) (any, error) { return tx.CleanMark(kernel.RowContent) },
	"OldestVersions": func(p *player, tx kernel.Tx) (any, error) { return tx.OldestVersions(int64(p.IntN(9)), 5) },
	"StaleBranches":  func(p *player, tx kernel.Tx) (any, error) { return tx.StaleBranches(p.now.Add(-60e9), 5) },
	"OrphanContents": func(_ *player, tx kernel.Tx) (any, error) {
		orphans, last, err := tx.OrphanContents(0, 5)
		return answers(err, orphans, last)
	},
	"Replacements": func(p *player, tx kernel.Tx) (any, error) {
		kind := []kernel.RowKind{kernel.RowPublication, kernel.RowVerification, kernel.RowFiring}[p.IntN(3)]
		return tx.Replacements(kind, 0, p.now.Add(-60e9), 9)
	},
	"LiveEnvironmentsOf": func(p *player, tx kernel.Tx) (any, error) {
		return tx.LiveEnvironmentsOf(idsOf(some(p, p.versions), versionID))
	},
	"ListBranchPacts":   func(p *player, tx kernel.Tx) (any, error) { return inAnyOrder(tx.ListBranchPacts(p.selected())) },
	"ListTagPacts":      func(p *player, tx kernel.Tx) (any, error) { return inAnyOrder(tx.ListTagPacts(p.selected())) },
	"ListLatestPacts":   func(p *player, tx kernel.Tx) (any, error) { return inAnyOrder(tx.ListLatestPacts(p.selected())) },
	"ListDeployedPacts": func(p *player, tx kernel.Tx) (any, error) { return inAnyOrder(tx.ListDeployedPacts(p.selected())) },
	"ListReleasedPacts": func(p *player, tx kernel.Tx) (any, error) { return inAnyOrder(tx.ListReleasedPacts(p.selected())) },
	"ListConsumersOf": func(p *player, tx kernel.Tx) (any, error) {
		_, provider := p.pair()
		return tx.ListConsumersOf(provider)
	},
	"ListHeadPacts": func(p *player, tx kernel.Tx) (any, error) {
		_, provider := p.pair()
		return inAnyOrder(tx.ListHeadPacts(provider, p.now.Add(-600e9)))
	},
	"ListUnprovenTimes": func(p *player, tx kernel.Tx) (any, error) {
		_, provider := p.pair()
		return tx.ListUnprovenTimes(provider, p.now.Add(-600e9))
	},
	"ProofOf": func(p *player, tx kernel.Tx) (any, error) {
		q := kernel.ProofQuery{Explicit: p.chance(30)}
		if b, ok := one(p, p.branches); ok && p.chance(60) {
			q.Scope = kernel.Scope{Kind: kernel.ScopeBranch, ID: b.ID}
			q.Before = p.now.Add(-60e9)
		}
		return tx.ProofOf(idsOf(p.contents, contentID), q)
	},
	"FindScope": func(p *player, tx kernel.Tx) (any, error) {
		b, _ := one(p, p.branches)
		if p.chance(30) {
			return tx.FindScope(b.Pacticipant.ID, kernel.ScopeTag, "prod")
		}
		return tx.FindScope(b.Pacticipant.ID, kernel.ScopeBranch, b.Name)
	},
	"ListGateAnswers": func(p *player, tx kernel.Tx) (any, error) {
		return tx.ListGateAnswers(kernel.GateHistoryQuery{Pacticipant: p.word("", "Shop"), Limit: p.IntN(3)})
	},
	"FindGateAnswer": func(p *player, tx kernel.Tx) (any, error) { return tx.FindGateAnswer(int64(p.IntN(4))) },
}

// factReads are the steps that read by what MatrixFacts returns.
var factReads = map[string]step{
	"MatrixFacts.Together": func(p *player, tx kernel.Tx) (any, error) {
		var found map[string]matrix.Pacticipant
		err := p.facts(tx).Together(func() (err error) {
			found, err = p.facts(tx).FindPacticipants([]string{"Shop"})
			return err
		})
		return found, err
	},
	"MatrixFacts.FindPacticipants": func(p *player, tx kernel.Tx) (any, error) {
		return p.facts(tx).FindPacticipants([]string{"Shop", "Cart", "Nobody"})
	},
	"MatrixFacts.ListSelectedVersions": func(p *player, tx kernel.Tx) (any, error) {
		kind := matrix.CriterionKind(p.IntN(int(matrix.ByLatest) + 1))
		name := map[matrix.CriterionKind]string{matrix.ByNumber: "1.1", matrix.ByTag: "prod", matrix.ByTagHead: "test", matrix.ByBranch: "main", matrix.ByBranchHead: "main"}[kind]
		if e, ok := one(p, p.places); ok && kind == matrix.ByEnvironment {
			name = e.Name
		}
		return p.facts(tx).ListSelectedVersions(idsOf(p.parties, partyID), matrix.Criterion{Kind: kind, Name: name})
	},
	"MatrixFacts.ListProvidersOf": func(p *player, tx kernel.Tx) (any, error) {
		return p.facts(tx).ListProvidersOf(idsOf(some(p, p.versions), versionID), idsOf(some(p, p.parties), partyID))
	},
	"MatrixFacts.ListConsumersOf": func(p *player, tx kernel.Tx) (any, error) {
		return p.facts(tx).ListConsumersOf(idsOf(some(p, p.parties), partyID))
	},
	"MatrixFacts.ListDropped": func(p *player, tx kernel.Tx) (any, error) {
		return p.facts(tx).ListDropped(idsOf(some(p, p.versions), versionID))
	},
	"MatrixFacts.ListPublications": func(p *player, tx kernel.Tx) (any, error) {
		q := matrix.PublicationQuery{ConsumerVersions: idsOf(some(p, p.versions), versionID), Contents: idsOf(some(p, p.contents), contentID), EveryRevision: p.chance(30)}
		if v, ok := one(p, p.pacts); ok {
			q.Pairs = []matrix.VersionPair{{ConsumerVersion: v.ConsumerVersion.ID, Provider: v.Provider.ID}}
		}
		if p.chance(30) {
			q = matrix.PublicationQuery{Consumers: idsOf(some(p, p.parties), partyID), Providers: idsOf(p.parties, partyID), EveryRevision: p.chance(30), Max: p.IntN(3)}
		}
		return p.facts(tx).ListPublications(q)
	},
	"MatrixFacts.ListResults": func(p *player, tx kernel.Tx) (any, error) {
		q := matrix.ResultQuery{Contents: idsOf(some(p, p.contents), contentID), ProviderVersions: idsOf(some(p, p.versions), versionID), EveryResult: p.chance(30)}
		if v, ok := one(p, p.results); ok {
			q.Pairs = []matrix.Pair{{Content: v.ContentID, ProviderVersion: v.ProviderVersion.ID}}
		}
		return p.facts(tx).ListResults(q)
	},
}

// facts are those of now or those of a while ago.
func (p *player) facts(tx kernel.Tx) matrix.Reader {
	if p.chance(70) {
		return tx.MatrixFacts(time.Time{})
	}
	return tx.MatrixFacts(p.now.Add(-60e9))
}

func (p *player) page() kernel.Page {
	if p.chance(50) {
		return kernel.Page{}
	}
	return kernel.Page{Number: 1 + p.IntN(2), Size: 2}
}

func (p *player) records() kernel.RecordFilter {
	f := kernel.RecordFilter{Current: p.chance(50)}
	if v, ok := one(p, p.versions); ok && p.chance(30) {
		f.PacticipantID, f.VersionID = v.Pacticipant.ID, v.ID
	}
	if e, ok := one(p, p.places); ok && p.chance(30) {
		f.EnvironmentID = e.ID
	}
	return f
}

func (p *player) selected() kernel.SelectedPactQuery {
	_, provider := p.pair()
	return kernel.SelectedPactQuery{ProviderID: provider, Name: p.word("", "main", "prod", "test"), MainBranch: p.chance(30), All: p.chance(30)}
}

func (p *player) publications() kernel.PublicationFilter {
	f := kernel.PublicationFilter{LatestPerPair: p.chance(50), Limit: p.IntN(4)}
	c, r := p.pair()
	if p.chance(50) {
		f.ConsumerID = c
	}
	if p.chance(50) {
		f.ProviderID = r
	}
	switch p.IntN(7) {
	case 0:
		f.Branch, f.HeadOnly = p.word("main", "dev"), p.chance(50)
	case 1:
		f.MainBranch, f.HeadOnly = true, p.chance(50)
	case 2:
		f.Tag = p.word("prod", "test")
	case 3:
		f.Untagged = true
	case 4:
		f.VersionIDs = idsOf(some(p, p.versions), versionID)
	case 5:
		if v, ok := one(p, p.versions); ok {
			f.Before = &v
		}
	}
	return f
}

// named is a query for a pact by names.
func (p *player) named() kernel.PactQuery {
	q := kernel.PactQuery{Consumer: "Shop", Provider: "Cart", Latest: true}
	switch p.IntN(5) {
	case 0:
		q.Version = "1.1"
	case 1:
		q.Tag = "prod"
	case 2:
		q.Branch = "main"
	case 3:
		q.Untagged = true
	}
	return q
}

// inAnyOrder is for pacts that come in an order that nobody promises.
func inAnyOrder(found []kernel.SelectedPact, err error) (any, error) {
	slices.SortFunc(found, func(a, b kernel.SelectedPact) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(placeID(a), placeID(b)))
	})
	return found, err
}

func placeID(p kernel.SelectedPact) int64 {
	if p.Place == nil {
		return 0
	}
	return p.Place.ID
}
