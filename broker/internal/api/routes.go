package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
)

// The builders of the table below.

func get(h echo.HandlerFunc) method { return method{name: http.MethodGet, handle: h} }
func del(h echo.HandlerFunc) method {
	return method{name: http.MethodDelete, handle: h, produces: []string{typeHAL, anyType}}
}
func post(h echo.HandlerFunc) method  { return method{name: http.MethodPost, handle: h} }
func put(h echo.HandlerFunc) method   { return method{name: http.MethodPut, handle: h} }
func patch(h echo.HandlerFunc) method { return method{name: http.MethodPatch, handle: h} }

// anyType in a list of what is produced means that the answer has no body to
// be particular about.
const anyType = "*/*"

// withBody marks a method that cannot do without a body.
func (m method) withBody() method {
	m.body = bodyRequired
	return m
}

// ofContent marks a method whose body is kept as it was sent.
func (m method) ofContent() method {
	m.content = true
	return m
}

// needing says which right somebody needs for a method that writes.
func (m method) needing(right access.Right) method {
	m.needs = right
	return m
}

// taking sets the media types of the body.
func (m method) taking(types ...string) method {
	m.consumes = types
	return m
}

// takingAnyJSON lets a body be JSON under any name, and nothing else.
func (m method) takingAnyJSON() method {
	m.anyJSON, m.typeFirst = true, true
	return m
}

// giving sets the media types of the answer.
func (m method) giving(types ...string) method {
	m.produces = types
	return m
}

// negotiatingLate marks a method whose handler negotiates itself.
func (m method) negotiatingLate() method {
	m.late = true
	return m
}

// inPages marks a list that can be read in pages.
func (m method) inPages() method {
	m.paged = true
	return m
}

// options stands in a list of methods where clients are told about OPTIONS.
var options = method{name: http.MethodOptions}

func one(m ...method) []method { return m }

// pactTypes are the representations of a pact.
var pactTypes = []string{typeHAL, typeJSON, typeExtended, typeHTML}

// resultTypes are the representations of a verification result.
var resultTypes = []string{typeHAL, typeJSON, typeExtended}

// routes is the whole table, in the order of the documentation. Each address
// has its methods in the order in which clients are told, the page that
// documents it, and the exception it makes from passwords.
func (a *API) routes() []route {
	var out []route
	for _, part := range [][]route{
		a.pactRoutes(), a.providerPactRoutes(), a.verificationRoutes(), a.pacticipantRoutes(),
		a.environmentRoutes(), a.webhookRoutes(), secretRoutes(a), a.auditRoutes(), a.matrixRoutes(), a.identityRoutes(), a.otherRoutes(),
	} {
		out = append(out, part...)
	}
	return out
}

const pairPath = "/pacts/provider/{provider}/consumer/{consumer}"

func (a *API) pactRoutes() []route {
	pact := one(get(a.getPact).giving(pactTypes...), put(a.putPact).needing(access.ManageContracts).on(ofApplication("consumer")).withBody().ofContent().giving(pactTypes...), del(a.deletePact).needing(access.ManageContracts).on(ofApplication("consumer")),
		patch(a.mergePact).needing(access.ManageContracts).on(ofApplication("consumer")).withBody().ofContent().giving(pactTypes...), options)
	list := func(kind func(echo.Context) pairList) []method {
		return one(get(a.listPairPacts(kind)), del(a.deletePairPacts(kind)).needing(access.DeleteInBulk).on(ofApplication("consumer")), options)
	}
	return []route{
		{path: pairPath + "/versions", rel: "all-pact-versions",
			methods: one(get(a.listPairPacts(pairVersions)), del(a.deleteAllPairPacts).needing(access.DeleteInBulk).on(ofApplication("consumer")), options)},
		{path: pairPath + "/versions/{version}", rel: "publish-pact", methods: pact},
		{path: pairPath + "/version/{version}", rel: "publish-pact", methods: pact, page: pactPage},
		{path: "/pact/provider/{provider}/consumer/{consumer}/version/{version}", rel: "publish-pact", methods: pact},
		{path: pairPath + "/tag/{tag}", rel: "tagged-pact-versions", methods: list(pairTag)},
		{path: pairPath + "/branch/versions", rel: "main-branch-pact-versions", methods: list(pairBranch)},
		{path: pairPath + "/branch/{branch}", rel: "branch-pact-versions", methods: list(pairBranch)},
		{path: pairPath + "/branch/latest/versions", rel: "latest-main-branch-pact-versions", methods: list(pairBranchLatest)},
		{path: pairPath + "/branch/{branch}/latest/versions", rel: "latest-branch-pact-versions", methods: list(pairBranchLatest)},
		{path: pairPath + "/pact-version/{sha}", rel: "pact-version", produces: pactTypes,
			methods: one(get(a.getPactByContent), options)},
		{path: pairPath + "/pact-version/{sha}/metadata/{metadata}", rel: "pact-version", produces: pactTypes,
			methods: one(get(a.getPactByContent), options)},
		{path: pairPath + "/version/{version}/previous-distinct", rel: "previous-distinct", produces: pactTypes,
			methods: one(get(a.getPreviousDistinctPact), options)},
		{path: pairPath + "/version/{version}/diff/previous-distinct", rel: "diff-previous-distinct", produces: []string{typeText}, page: diffPage,
			methods: one(get(a.diffPreviousDistinct), options)},
		{path: pairPath + "/version/{version}/diff/version/{other}", rel: "diff", produces: []string{typeText}, page: diffWithPage,
			methods: one(get(a.diffVersions), options)},
		{path: pairPath + "/pact-version/{sha}/diff/pact-version/{other}", rel: "diff", produces: []string{typeText}, page: diffContentsPage,
			methods: one(get(a.diffContents), options)},
		{path: pairPath + "/latest", rel: "latest-pact-version", produces: pactTypes, page: pactPage,
			methods: one(get(a.getLatestPact), options)},
		{path: "/pact/provider/{provider}/consumer/{consumer}/latest", rel: "latest-pact-version", produces: pactTypes,
			methods: one(get(a.getLatestPact), options)},
		{path: pairPath + "/latest/{tag}", rel: "latest-tagged-pact-version", produces: pactTypes,
			methods: one(get(a.getLatestTaggedPact), options)},
		{path: pairPath + "/latest-untagged", rel: "latest-untagged-pact-version", produces: pactTypes,
			methods: one(get(a.getLatestUntaggedPact), options)},
		{path: pairPath + "/branch/{branch}/latest", rel: "latest-branch-pact-versions", produces: pactTypes,
			methods: one(get(a.getLatestBranchPact), options)},
		{path: "/contracts/publish", rel: "publish-contracts", methods: one(post(a.publishContracts).needing(access.ManageContracts).judging().takingAnyJSON(), options)},
	}
}

func (a *API) providerPactRoutes() []route {
	const provider = "/pacts/provider/{provider}"
	list := func(kind func(echo.Context) providerList) []method {
		return one(get(a.listProviderPacts(kind)), options)
	}
	states := one(get(a.listProviderStates), options)
	return []route{
		{path: "/pacts/latest", rel: "latest-pact-versions", methods: one(get(a.listLatestPacts), options)},
		{path: provider, rel: "provider-pacts", methods: list(providerAll)},
		{path: provider + "/tag/{tag}", rel: "provider-pacts-with-tag", methods: list(providerTag)},
		{path: provider + "/latest", rel: "latest-provider-pacts", methods: list(providerLatest)},
		{path: provider + "/latest/{tag}", rel: "latest-provider-pacts-with-tag", methods: list(providerLatest)},
		{path: provider + "/branch/latest", rel: "latest-provider-pacts-with-main-branch", methods: list(providerBranchLatest)},
		{path: provider + "/branch/{branch}/latest", rel: "latest-provider-pacts-with-branch", methods: list(providerBranchLatest)},
		{path: provider + "/branch/{branch}", rel: "provider-pacts-with-branch", methods: list(providerBranch)},
		{path: provider + "/branch", rel: "provider-pacts-with-main-branch", methods: list(providerBranch)},
		{path: provider + "/provider-states", rel: "provider-states", methods: states},
		{path: provider + "/provider-states/branch/{branch}", rel: "provider-states", methods: states},
		{path: provider + "/provider-states/environment/{environment}", rel: "provider-states", methods: states},
		{path: provider + "/for-verification", rel: "provider-pacts-for-verification",
			methods: one(get(a.getPactsForVerification).negotiatingLate(),
				post(a.postPactsForVerification).needing(access.ReadContracts).taking(typeJSON, typeHAL), options)},
	}
}

func (a *API) verificationRoutes() []route {
	const content = pairPath + "/pact-version/{sha}"
	results := one(post(a.recordVerification).needing(access.ManageContracts).on(ofApplication("provider")).withBody(), options)
	result := one(get(a.getVerification), options, del(a.deleteVerification).needing(access.ManageContracts).on(ofApplication("provider")))
	latest := one(get(a.getLatestVerification), options, del(a.deleteLatestVerification).needing(access.ManageContracts).on(ofApplication("provider")))
	return []route{
		{path: content + "/verification-results", rel: "publish-verification-results", methods: results},
		{path: content + "/metadata/{metadata}/verification-results", rel: "publish-verification-results", methods: results},
		{path: content + "/verification-results/latest", rel: "latest-verification-results", produces: resultTypes,
			browsed: true, methods: latest},
		{path: pairPath + "/version/{version}/verification-results/latest", rel: "latest-verification-results",
			produces: resultTypes, methods: latest},
		{path: pairPath + "/latest/verification-results/latest", rel: "latest-verification-results",
			produces: resultTypes, methods: latest},
		{path: pairPath + "/latest/{tag}/verification-results/latest", rel: "latest-verification-results",
			produces: resultTypes, methods: latest},
		{path: content + "/verification-results/{number}", rel: "verification-result", produces: resultTypes,
			browsed: true, methods: result},
		{path: content + "/metadata/{metadata}/verification-results/{number}", rel: "verification-result",
			produces: resultTypes, browsed: true, methods: result},
		{path: content + "/verification-results/{number}/triggered-webhooks", rel: "triggered-webhooks",
			methods: one(get(a.listVerificationWebhooks), options)},
		{path: "/verification-results/consumer/{consumer}/version/{version}/latest",
			rel:     "latest-verification-results-where-pacticipant-is-consumer",
			methods: one(get(a.summariseVerifications), options)},
	}
}

func (a *API) pacticipantRoutes() []route {
	const pacticipant = "/pacticipants/{pacticipant}"
	const version = pacticipant + "/versions/{version}"
	const branch = pacticipant + "/branches/{branch}"
	return []route{
		{path: "/pacticipants", rel: "pacticipants",
			methods: one(get(a.listPacticipants).inPages(), post(a.createPacticipant).needing(access.ManageContracts).judging().withBody(), options)},
		{path: "/pacticipants/label/{label}", rel: "pacticipants-with-label", methods: one(get(a.listPacticipantsWithLabel).inPages(), options)},
		{path: pacticipant, rel: "pacticipant", page: applicationPage, methods: one(get(a.getPacticipant), put(a.replacePacticipant).needing(access.ManageContracts).on(ofApplication("pacticipant")),
			patch(a.updatePacticipant).needing(access.ManageContracts).on(ofApplication("pacticipant")).taking(typeJSON, typeMerge), del(a.deletePacticipant).needing(access.DeleteInBulk).on(ofApplication("pacticipant")), options)},
		{path: pacticipant + "/labels/{label}", rel: "label",
			methods: one(get(a.getLabel), put(a.putLabel).needing(access.ManageContracts).on(ofApplication("pacticipant")), del(a.deleteLabel).needing(access.ManageContracts).on(ofApplication("pacticipant")), options)},
		{path: "/labels", rel: "labels", methods: one(get(a.listLabels).inPages(), options)},
		{path: pacticipant + "/versions", rel: "versions", methods: one(get(a.listVersions).inPages(), options)},
		{path: branch + "/versions", rel: "versions", methods: one(get(a.listBranchVersions).inPages(), options)},
		{path: pacticipant + "/tags/{tag}/versions", rel: "versions", methods: one(get(a.listTagVersions).inPages(), options)},
		{path: pacticipant + "/environments/{environment}/versions", rel: "versions",
			methods: one(get(a.listEnvironmentVersions).inPages(), options)},
		{path: version, rel: "pacticipant-version", page: versionPage, methods: one(get(a.getVersion), put(a.replaceVersion).needing(access.ManageContracts).on(ofApplication("pacticipant")),
			patch(a.updateVersion).needing(access.ManageContracts).on(ofApplication("pacticipant")).taking(typeMerge), del(a.deleteVersion).needing(access.ManageContracts).on(ofApplication("pacticipant")), options)},
		{path: pacticipant + "/latest-version", rel: "latest-version", methods: one(get(a.getLatestVersion), options)},
		{path: pacticipant + "/latest-version/{tag}", rel: "latest-tagged-version", methods: one(get(a.getLatestVersion), options)},
		{path: branch + "/latest-version", rel: "latest-version", methods: one(get(a.getLatestVersion), options)},
		{path: version + "/tags/{tag}", rel: "pacticipant-version-tag",
			methods: one(get(a.getTag), put(a.putTag).needing(access.ManageContracts).on(ofApplication("pacticipant")), del(a.deleteTag).needing(access.ManageContracts).on(ofApplication("pacticipant")), options)},
		{path: pacticipant + "/branches", rel: "branches",
			methods: one(get(a.listBranches).inPages(), del(a.deleteBranches).needing(access.DeleteInBulk).on(ofApplication("pacticipant")).giving(typeHAL), options)},
		{path: branch, rel: "pacticipant-branch", methods: one(get(a.getBranch), del(a.deleteBranch).needing(access.ManageContracts).on(ofApplication("pacticipant")), options)},
		{path: branch + "/versions/{version}", rel: "pacticipant-branch-version",
			methods: one(get(a.getBranchVersion), put(a.putBranchVersion).needing(access.ManageContracts).on(ofApplication("pacticipant")), del(a.deleteBranchVersion).needing(access.ManageContracts).on(ofApplication("pacticipant")), options)},
	}
}

func (a *API) environmentRoutes() []route {
	const environment = "/environments/{environment}"
	const version = "/pacticipants/{pacticipant}/versions/{version}"
	return []route{
		{path: "/environments", rel: "environments",
			methods: one(get(a.listEnvironments), post(a.createEnvironment).needing(access.ManageEnvironments).judging(), options)},
		{path: environment, rel: "environment",
			methods: one(get(a.getEnvironment), put(a.replaceEnvironment).needing(access.ManageEnvironments).judging(), del(a.deleteEnvironment).needing(access.ManageEnvironments).judging(), options)},
		{path: environment + "/deployed-versions/currently-deployed", rel: "currently-deployed-deployed-versions",
			methods: one(get(a.listCurrentlyDeployed), options)},
		{path: environment + "/rollouts", rel: "rollouts", methods: one(get(a.listRollouts), options)},
		{path: environment + "/released-versions/currently-supported", rel: "currently-supported-released-versions",
			methods: one(get(a.listCurrentlySupported), options)},
		{path: version + "/deployed-versions/environment/{environment}", rel: "record-deployment",
			methods: one(get(a.listDeployedVersions), post(a.recordDeployment).needing(access.Record).on(ofApplication("pacticipant"), ofEnvironment), options)},
		{path: version + "/rollouts/environment/{environment}", rel: "start-rollout",
			methods: one(get(a.listRolloutsOfVersion), post(a.startRollout).needing(access.Record).on(ofApplication("pacticipant"), ofEnvironment), options)},
		{path: "/rollouts/{uuid}", rel: "rollout",
			methods: one(get(a.getRollout), patch(a.changeRollout).needing(access.Record).judging().taking(typeJSON, typeMerge), options)},
		{path: version + "/released-versions/environment/{environment}", rel: "record-release",
			methods: one(get(a.listReleasedVersions), post(a.recordRelease).needing(access.Record).on(ofApplication("pacticipant"), ofEnvironment), options)},
		{path: "/deployed-versions/{uuid}", rel: "deployed-version",
			methods: one(get(a.getDeployedVersion), patch(a.updateDeployedVersion).needing(access.Record).judging().taking(typeMerge), options)},
		{path: "/released-versions/{uuid}", rel: "released-version",
			methods: one(get(a.getReleasedVersion), patch(a.updateReleasedVersion).needing(access.Record).judging().taking(typeMerge), options)},
	}
}

// auditRoutes are those of the record of who did what; a broker that keeps none has
// none of them. Nothing is written there.
func (a *API) auditRoutes() []route {
	if !a.audits() && a.config.Tokens == nil { // who has accounts has a record
		return nil
	}
	return []route{
		{path: "/audit", rel: "audit", page: auditPage, methods: one(get(a.listAudit).needing(access.ReadAudit), options)},
		{path: "/audit/verification", rel: "audit", methods: one(get(a.verifyAudit).needing(access.ReadAudit), options)},
	}
}

// secretRoutes are those of the secrets that webhooks may name, under the addresses that
// PactFlow's clients know. Every broker has them; without a key it keeps none.
func secretRoutes(a *API) []route {
	return []route{
		{path: "/secrets", rel: "secrets", page: secretsPage, methods: one(get(a.listSecrets).needing(access.ReadSecrets).judging(), post(a.createSecret).needing(access.ManageSecrets).judging(), options)},
		{path: "/secrets/{uuid}", rel: "secrets", page: secretPage, methods: one(get(a.getSecret).needing(access.ReadSecrets).judging(), put(a.changeSecret).needing(access.ManageSecrets).judging(),
			del(a.deleteSecret).needing(access.ManageSecrets).judging(), options)},
	}
}

func (a *API) webhookRoutes() []route {
	scoped := one(post(a.createWebhook).needing(access.ManageWebhooks).judging(), get(a.listWebhooks), options)
	return []route{
		{path: "/webhooks", rel: "webhooks", page: webhooksPage, methods: one(get(a.listWebhooks), post(a.createWebhook).needing(access.ManageWebhooks).judging(), options)},
		{path: "/webhooks/provider/{provider}/consumer/{consumer}", rel: "pact-webhooks", methods: scoped},
		{path: "/webhooks/provider/{provider}", rel: "provider-webhooks", methods: scoped},
		{path: "/webhooks/consumer/{consumer}", rel: "consumer-webhooks", methods: scoped},
		{path: pairPath + "/webhooks", rel: "pact-webhooks", methods: scoped},
		{path: pairPath + "/webhooks/status", rel: "webhook-status", methods: one(get(a.getWebhookStatus), options)},
		{path: pairPath + "/version/{version}/triggered-webhooks", rel: "triggered-webhooks",
			methods: one(get(a.listPactWebhooks), options)},
		{path: "/webhooks/execute", rel: "execute", methods: one(post(a.executeUnsavedWebhook).needing(access.ManageWebhooks).judging(), options)},
		{path: "/webhooks/{uuid}", rel: "webhook", page: webhookPage,
			methods: one(get(a.getWebhook), put(a.replaceWebhook).needing(access.ManageWebhooks).judging(), del(a.deleteWebhook).needing(access.ManageWebhooks).judging(), options)},
		{path: "/webhooks/{uuid}/execute", rel: "execute", methods: one(post(a.executeWebhook).needing(access.ManageWebhooks).judging(), options)},
		{path: "/triggered-webhooks/{uuid}/logs", rel: "logs", produces: []string{typeText, typeHAL},
			methods: one(get(a.getTriggeredWebhookLogs), options)},
	}
}

func (a *API) matrixRoutes() []route {
	const pacticipant = "/pacticipants/{pacticipant}"
	const toTag = pacticipant + "/latest-version/{tag}/can-i-deploy/to/{to}"
	const toEnvironment = pacticipant + "/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}"
	decision := []string{typeHAL, typeText}
	badgeRoute := func(path string, handle echo.HandlerFunc) []route {
		r := route{path: path, rel: "badges", produces: []string{typeSVG}, public: publicBadge,
			methods: one(get(handle), options)}
		picture := r
		picture.path, picture.media = path+".svg", typeSVG
		return []route{r, picture}
	}
	out := []route{
		{path: "/matrix", rel: "matrix", produces: decision, page: matrixPage, methods: one(get(a.getMatrix).negotiatingLate(), options)},
		{path: "/matrix/provider/{provider}/consumer/{consumer}", rel: "matrix", produces: decision, page: pairMatrixPage,
			methods: one(get(a.getPairMatrix).negotiatingLate(), options)},
		{path: "/can-i-deploy", rel: "can-i-deploy", produces: decision, methods: one(get(a.canIDeploy).negotiatingLate(), options)},
		{path: toTag, rel: "can-i-deploy", produces: decision, methods: one(get(a.canIDeployTag).negotiatingLate(), options)},
		{path: toEnvironment, rel: "can-i-deploy", produces: decision, methods: one(get(a.canIDeployBranch).negotiatingLate(), options)},
		{path: "/gate/answers", rel: "gate-answers", methods: one(get(a.listGateAnswers), options)},
		{path: "/gate/answers/{number}", rel: "gate-answers", page: keptAnswerPage, methods: one(get(a.getGateAnswer), options)},
		{path: pacticipant + "/usage", rel: "usage", methods: one(get(a.showUsage), options)},
		{path: pacticipant + "/versions/{version}/why", rel: "why", methods: one(get(a.getWhy), options)},
	}
	for _, badge := range [][]route{
		badgeRoute(toTag+"/badge", a.tagBadge),
		badgeRoute(toEnvironment+"/badge", a.branchBadge),
		badgeRoute(pacticipant+"/main-branch/can-i-merge/badge", a.mergeBadge),
		badgeRoute(pairPath+"/latest/badge", a.pactBadge(latestPactQuery)),
		badgeRoute(pairPath+"/latest/{tag}/badge", a.pactBadge(taggedPactQuery)),
		badgeRoute(pairPath+"/latest-untagged/badge", a.pactBadge(untaggedPactQuery)),
		badgeRoute("/matrix/provider/{provider}/latest/{providertag}/consumer/{consumer}/latest/{tag}/badge", a.tagPairBadge),
	} {
		out = append(out, badge...)
	}
	return out
}

// identityRoutes are those of who may do what, under the addresses that PactFlow's
// clients know. A broker without tokens has none of them.
func (a *API) identityRoutes() []route {
	if a.config.Tokens == nil {
		return nil
	}
	const account, role = "/admin/users/{uuid}", "/admin/users/{uuid}/roles/{role}"
	const tokens, team = "/admin/system-accounts/{uuid}/tokens", "/admin/teams/{uuid}"
	manage, own := access.ManageAccounts, access.ManageTokens
	return []route{
		{path: "/user", rel: "user", methods: one(get(a.getUser), options)},
		{path: "/settings/tokens", rel: "tokens", methods: one(get(a.listOwnTokens), post(a.createOwnToken).needing(own).ofOwn(), options)},
		{path: "/settings/tokens/{uuid}", rel: "tokens", methods: one(del(a.deleteOwnToken).needing(own).ofOwn(), options)},
		{path: "/settings/tokens/{uuid}/regenerate", rel: "tokens", methods: one(post(a.regenerateOwnToken).needing(own).ofOwn(), options)},
		{path: "/admin/users", rel: "accounts", methods: one(get(a.listAccounts).needing(access.ReadAccounts).inPages(), post(a.createPerson).needing(manage), options)},
		{path: "/admin/users/invite-user", rel: "accounts", methods: one(post(a.invitePerson).needing(manage), options)},
		{path: "/admin/users/invite-users", rel: "accounts", methods: one(post(a.invitePeople).needing(manage), options)},
		{path: account, rel: "accounts", methods: one(get(a.getAccount).needing(access.ReadAccounts), put(a.changeAccount).needing(manage), del(a.deleteAccount).needing(manage), options)},
		{path: account + "/roles", rel: "accounts", methods: one(put(a.replaceRoles).needing(manage), options)},
		{path: account + "/role/admin", rel: "accounts", methods: one(put(a.makeAdministrator).needing(manage), del(a.demoteAdministrator).needing(manage), options)},
		{path: role, rel: "accounts", methods: one(put(a.giveRole).needing(manage), del(a.takeRole).needing(manage), options)},
		{path: "/admin/system-accounts", rel: "accounts", methods: one(post(a.createAccount).needing(manage), options)},
		{path: tokens, rel: "tokens", methods: one(get(a.listAccountTokens).needing(access.ReadAccounts), post(a.createAccountToken).needing(manage), options)},
		{path: tokens + "/{token}", rel: "tokens", methods: one(del(a.deleteAccountToken).needing(manage), options)},
		{path: tokens + "/{token}/regenerate", rel: "tokens", methods: one(post(a.regenerateAccountToken).needing(manage), options)},
		{path: "/admin/teams", rel: "teams", methods: one(get(a.listTeams).needing(access.ReadTeams).inPages(), post(a.createTeam).needing(access.ManageTeams), options)},
		{path: team, rel: "teams", methods: one(get(a.getTeam).needing(access.ReadTeams), put(a.changeTeam).needing(access.ManageTeams).on(ofTeam), del(a.deleteTeam).needing(access.ManageTeams), options)},
		{path: team + "/users", rel: "teams", methods: one(get(a.listMembers).needing(access.ReadTeams), put(a.replaceMembers).needing(access.ManageTeams).on(ofTeam),
			post(a.addMembers).needing(access.ManageTeams).on(ofTeam), del(a.removeMembers).needing(access.ManageTeams).on(ofTeam).withBody(), options)},
		{path: team + "/users/{user}", rel: "teams", methods: one(get(a.getMember).needing(access.ReadTeams), del(a.removeMember).needing(access.ManageTeams).on(ofTeam), options)},
		{path: "/admin/who-can", rel: "who-can", methods: one(get(a.whoCan).needing(access.ReadAccounts), options)},
		{path: "/admin/trust-rules", rel: "trust-rules", methods: one(get(a.listTrust).needing(access.ReadAccounts), post(a.createTrust).needing(manage), options)},
		{path: "/admin/trust-rules/try", rel: "trust-rules", methods: one(post(a.tryTrust).needing(access.ReadAccounts), options)},
		{path: "/admin/trust-rules/{uuid}", rel: "trust-rules", methods: one(get(a.getTrust).needing(access.ReadAccounts), put(a.changeTrust).needing(manage), del(a.deleteTrust).needing(manage), options)},
		{path: "/oauth/token", rel: "token-exchange", public: publicExchange, produces: []string{typeJSON}, methods: one(post(a.exchange).needing(own).judging().taking(typeForm), options)},
		{path: "/oauth/device_authorization", rel: "device-login", public: publicExchange, produces: []string{typeJSON}, methods: one(post(a.beginDevice).needing(own).judging().taking(typeForm), options)},
		{path: "/oauth/revoke", rel: "device-login", public: publicExchange, produces: []string{typeJSON}, methods: one(post(a.revoke).needing(own).judging().taking(typeForm), options)},
		{path: "/admin/roles", rel: "roles", methods: one(get(a.listRoles).needing(access.ReadRoles), post(a.createRole).needing(access.ManageRoles), options)},
		{path: "/admin/roles/{uuid}", rel: "roles", methods: one(get(a.getRole).needing(access.ReadRoles), put(a.replaceRole).needing(access.ManageRoles), del(a.deleteRole).needing(access.ManageRoles), options)},
		{path: "/admin/permissions", rel: "roles", methods: one(get(a.listPermissions).needing(access.ReadRoles), options)},
	}
}

func (a *API) otherRoutes() []route {
	table := []string{typeHAL, typeText}
	out := []route{
		{path: "/", rel: "index", page: homePage, methods: one(get(a.getIndex), options)},
		{path: "/integrations", rel: "integrations", produces: []string{typeDot, typeHAL},
			methods: one(get(a.listIntegrations).inPages(), options, del(a.deleteIntegrations).needing(access.DeleteInBulk))},
		{path: "/integrations/provider/{provider}/consumer/{consumer}", rel: "delete_integration",
			methods: one(options, del(a.deleteIntegration).needing(access.DeleteInBulk).on(ofApplication("consumer")))},
		{path: "/relationships", rel: "relationships", produces: []string{typeCSV}, methods: one(get(a.listRelationships), options)},
		{path: "/groups/{pacticipant}", rel: "group", produces: []string{typeCSV}, methods: one(get(a.getGroup), options)},
		{path: "/dashboard", rel: "dashboard", produces: table, methods: one(get(a.getDashboard).inPages(), options)},
		{path: "/dashboard/provider/{provider}/consumer/{consumer}", rel: "dashboard", produces: table, page: pairPage,
			methods: one(get(a.getDashboard).inPages(), options)},
		{path: "/metrics", rel: "metrics", methods: one(get(a.getMetrics), options)},
		{path: "/test/error", rel: "test-error", methods: one(get(a.failOnPurpose), post(a.failOnPurpose).needing(access.ManageContracts), options)},
		{path: "/hal-browser/{file}", rel: "doc", verbatim: true, produces: []string{typeHTML, anyType}, methods: one(get(a.getBrowser))},
		{path: "/doc/{rel}", rel: "doc", produces: []string{typeHTML, typeText}, methods: one(get(a.getDoc))},
	}
	if !a.config.NoDiagnostics {
		out = append(out,
			route{path: "/diagnostic/status/heartbeat", rel: "heartbeat", produces: []string{typeHAL, anyType},
				public: publicHeartbeat, methods: one(get(a.getHeartbeat))},
			route{path: "/diagnostic/status/dependencies", rel: "dependencies", produces: []string{typeHAL, anyType},
				methods: one(get(a.getDependencies))})
		if a.config.Prometheus != nil {
			out = append(out, route{path: "/diagnostic/metrics", rel: "prometheus", produces: []string{typeText, anyType},
				methods: one(get(a.getPrometheus))})
		}
	}
	return out
}
