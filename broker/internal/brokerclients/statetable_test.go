package brokerclients_test

// nothing is the state of a broker that was just emptied. What the index links
// to is there whatever the broker holds.
func nothing(*world) {}

// states tells what the broker holds in each provider state of the contracts.
var states = map[string]func(*world){
	"'Condor' does not exist in the pact-broker":                                           nothing,
	"the 'Pricing Service' does not exist in the pact-broker":                              nothing,
	"no pact between Condor and the Pricing Service exists":                                nothing,
	"the pacticipant relations are present":                                                nothing,
	"the pb:environments relation exists in the index resource":                            nothing,
	"the pb:latest-tagged-version relation exists in the index resource":                   nothing,
	"the pb:latest-version relation exists in the index resource":                          nothing,
	"the pb:pacticipant-branch relation exists in the index resource":                      nothing,
	"the pb:pacticipant-version and pb:environments relations exist in the index resource": nothing,
	"the pb:publish-contracts relations exists in the index resource":                      nothing,
	"the pb:publish-provider-contract relation exists in the index resource":               nothing,
	"there is a pf:ui href in the response":                                                nothing,
	"a team with UUID 2abbc12a-427d-432a-a521-c870af1739d9 exists":                         nothing,

	"'Condor' exists in the pact-broker": func(w *world) {
		w.pacticipant("Condor")
		w.version("Condor", "1.3.0")
	},
	"'Condor' exists in the pact-broker with the latest tagged 'production' version 1.2.3": func(w *world) {
		w.version("Condor", "1.2.3", "production")
		w.version("Condor", "1.2.4")
	},
	"'Condor' exists in the pact-broker with the latest version 1.2.3": func(w *world) {
		w.version("Condor", "1.2.3")
	},
	"'Condor' exists in the pact-broker with version 1.3.0, tagged with 'prod'": func(w *world) {
		w.version("Condor", "1.3.0", "prod")
	},
	"the 'Pricing Service' already exists in the pact-broker": func(w *world) {
		w.pacticipant(pricing)
		w.version(pricing, "1.3.0")
	},
	"the 'Pricing Service' and 'Condor' already exist in the pact-broker": func(w *world) {
		w.pacticipant(pricing)
		w.pacticipant("Condor")
	},
	"the 'Pricing Service' and 'Condor' already exist in the pact-broker, and Condor already has a pact published for version 1.3.0": func(w *world) {
		w.pact("Condor", "1.3.0", pricing)
	},
	"a latest pact between Condor and the Pricing Service exists": func(w *world) {
		w.pact("Condor", "1.3.0", pricing)
	},
	"a pact between Condor and the Pricing Service exists": func(w *world) {
		w.pact("Condor", "1.3.0", pricing)
	},
	"a pact between Condor and the Pricing Service exists for the production version of Condor": func(w *world) {
		w.pact("Condor", "1.3.0", pricing, "prod")
	},
	"tagged as prod pact between Condor and the Pricing Service exists": func(w *world) {
		w.pact("Condor", "1.3.0", pricing, "prod")
	},
	"a pacticipant with name Foo exists": func(w *world) { w.pacticipant("Foo") },
	"a branch named main exists for pacticipant Foo": func(w *world) {
		w.branch("Foo", "main")
	},
	"a webhook with the uuid 696c5f93-1b7f-44bc-8d03-59440fcaa9a0 exists": func(w *world) {
		w.pacticipant(pricing)
		w.pacticipant("Condor")
		w.webhook(webhookUUID)
	},

	"an environment exists":                func(w *world) { w.environment(testUUID, "test") },
	"an environment with name test exists": func(w *world) { w.environment(testUUID, "test") },
	"an environment with name test and UUID 16926ef3-590f-4e3f-838e-719717aa88c9 exists": func(w *world) {
		w.environment(testUUID, "test")
	},
	"a currently deployed version exists": func(w *world) {
		w.environment(testUUID, "test")
		w.deployed("Foo", "2", testUUID, "")
	},
	"an version is deployed to environment with UUID 16926ef3-590f-4e3f-838e-719717aa88c9 with target customer-1": func(w *world) {
		w.environment(testUUID, "test")
		w.deployed("Foo", fooVersion, testUUID, "customer-1")
	},
	"version 5556b8149bf8bac76bc30f50a8a2dd4c22c85f30 of pacticipant Foo exists with a test environment available for deployment": func(w *world) {
		w.version("Foo", fooVersion)
		w.environment(placeUUID, "test")
	},
	"version 5556b8149bf8bac76bc30f50a8a2dd4c22c85f30 of pacticipant Foo exists with a test environment available for release": func(w *world) {
		w.version("Foo", fooVersion)
		w.environment(placeUUID, "test")
	},
	"version 5556b8149bf8bac76bc30f50a8a2dd4c22c85f30 of pacticipant Foo exists with 2 environments that aren't test available for deployment": func(w *world) {
		w.version("Foo", fooVersion)
		w.environment(testUUID, "prod")
		w.environment(placeUUID, "dev")
	},

	"the pact for Foo Thing version 1.2.3 has been verified by Bar version 4.5.6": func(w *world) {
		w.verified("Foo Thing", "1.2.3", "Bar", "4.5.6", true)
	},
	"the pact for Foo version 1.2.3 has been verified by Bar version 4.5.6": func(w *world) {
		w.verified("Foo", "1.2.3", "Bar", "4.5.6", true)
	},
	"the pact for Foo version 1.2.3 and 1.2.4 has been verified by Bar version 4.5.6": func(w *world) {
		w.verified("Foo", "1.2.3", "Bar", "4.5.6", true)
		w.verified("Foo", "1.2.4", "Bar", "4.5.6", true)
	},
	"the pact for Foo version 1.2.3 has been verified by Bar version 4.5.6 and version 5.6.7": func(w *world) {
		w.verified("Foo", "1.2.3", "Bar", "4.5.6", true)
		w.verified("Foo", "1.2.3", "Bar", "5.6.7", true)
	},
	"the pact for Foo version 1.2.3 has been successfully verified by Bar version 4.5.6, and 1.2.4 unsuccessfully by 9.9.9": func(w *world) {
		w.verified("Foo", "1.2.3", "Bar", "4.5.6", true)
		w.verified("Foo", "1.2.4", "Bar", "9.9.9", false)
	},
	"the pact for Foo version 1.2.3 has been successfully verified by Bar version 4.5.6 with tag prod, and 1.2.4 unsuccessfully by 9.9.9": func(w *world) {
		w.verified("Foo", "1.2.3", "Bar", "4.5.6", true)
		w.tag("Bar", "4.5.6", "prod")
		w.verified("Foo", "1.2.4", "Bar", "9.9.9", false)
	},
	"the pact for Foo version 1.2.3 has been successfully verified by Bar version 4.5.6 (tagged prod) and version 5.6.7": func(w *world) {
		w.verified("Foo", "1.2.3", "Bar", "4.5.6", true)
		w.tag("Bar", "4.5.6", "prod")
		w.verified("Foo", "1.2.3", "Bar", "5.6.7", true)
	},
	"provider Bar version 4.5.6 has a successful verification for Foo version 1.2.3 tagged prod and a failed verification for version 3.4.5 tagged prod": func(w *world) {
		w.verified("Foo", "1.2.3", "Bar", "4.5.6", true, "prod")
		w.verified("Foo", "3.4.5", "Bar", "4.5.6", false, "prod")
	},
}
