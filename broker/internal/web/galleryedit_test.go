package web

import (
	"encoding/json"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/registry"
)

// galleryOfEdits are the forms of environments and applications, and the pages that ask
// before something of a version is gone.
func galleryOfEdits(w *web) map[string]page {
	l := links.Below("")
	at := w.config.Now().Add(-time.Hour)
	production := kernel.Environment{UUID: "e1", Name: "production", DisplayName: "The shop itself", Production: true, Contacts: []kernel.Contact{
		{Name: "Shop operators", Details: json.RawMessage(`{"email":"ops@example.org","chat":"#shop"}`)}, {Name: hostileName, Details: json.RawMessage(`{"n":{"deep":1}}`)},
	}}
	wrong := environmentFormOf(l, kernel.Environment{Name: "pro duction"})
	wrong.Form.Problem = addProblems(wrong.Form.Fields, fieldsOfEnvironment, kernel.Fields{"name": {"cannot contain spaces"}, "contacts": {"line 2 has \"x\" twice"}})
	shop := kernel.Party{ID: 1, Name: "storefront"}
	version := overview.VersionAnswer{Application: kernel.Pacticipant{ID: 1, Name: "storefront"}}
	version.Number = wholeCommit
	version.Tags = []kernel.Tag{{Name: hostileName}}
	version.Branches = []kernel.BranchVersion{{Branch: "main"}}
	version.Deployed = []kernel.DeployedVersion{{Environment: production, CreatedAt: at}}
	version.Published = []kernel.Pact{{PactPublication: kernel.PactPublication{Consumer: shop, Provider: kernel.Party{ID: 2, Name: "catalog"}}}}
	one := func(q oneDoomed) page {
		p, err := doomedOne(l, q, version)
		if err != nil {
			panic(err)
		}
		return p
	}
	return map[string]page{
		"find":                    findPageOf(l, "", findIn(l, galleryEverything(w), "")),
		"find-some":               findPageOf(l, "catalog", findIn(l, galleryEverything(w), "catalog")),
		"find-nothing":            findPageOf(l, hostileName, nil),
		"edit-environment-new":    environmentFormOf(l, kernel.Environment{}),
		"edit-environment":        environmentFormOf(l, production),
		"edit-environment-wrong":  wrong,
		"edit-environment-delete": doomedEnvironment(l, registry.DoomedPlace{Environment: production, Deployed: []kernel.DeployedVersion{{Version: kernel.Version{Pacticipant: shop, Number: wholeCommit}}, {Version: kernel.Version{Pacticipant: kernel.Party{Name: long}, Number: "1"}}}, Released: []kernel.ReleasedVersion{{Version: kernel.Version{Pacticipant: shop, Number: "2"}}}}),
		"edit-application-new":    applicationFormOf(l, registry.PacticipantDetails{}, true),
		"edit-application": applicationFormOf(l, registry.PacticipantDetails{
			Pacticipant: kernel.Pacticipant{Name: hostileName, DisplayName: "Called so", MainBranch: "trunk", RepositoryURL: "https://git.example.org/shop"}, Labels: []kernel.Label{{Name: "team-shop"}, {Name: hostileName}},
		}, false),
		"delete-version":  one(oneDoomed{application: "storefront", version: wholeCommit}),
		"delete-tag":      one(oneDoomed{application: "storefront", version: wholeCommit, tag: hostileName}),
		"delete-contract": one(oneDoomed{application: "storefront", version: wholeCommit, provider: "catalog"}),
	}
}
