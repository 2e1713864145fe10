// Package broker is the domain of the broker: its types, its rules and the
// port to storage. It knows neither HTTP nor SQL.
//
// # Map
//
//	Pacticipant, Label          pacticipant.go, label.go
//	Version, Branch, Tag        version.go, branch.go, tag.go
//	PactPublication, Pact       pact.go
//	Verification                verification.go
//	Environment                 environment.go
//	DeployedVersion, Released…  deployment.go
//	Integration, Group          integration.go
//	Webhook, TriggeredWebhook   webhook.go
//	Error, Code                 error.go
//	Store, Tx                   store.go
//	Service                     service.go; its use cases, one family per file;
//	                            what deploy.go and release.go share is record.go
//
// # Vocabulary
//
// A pact publication says that one consumer version has one pact with one
// provider. Several publications share a content (a "pact version" in the API)
// when everything that can change the outcome of a verification is equal.
// A verification belongs to a content and a provider version, never to a
// consumer version: a new consumer version with known content is verified at
// once.
//
// # Order
//
// Versions of a pacticipant are ordered by Version.Order, which is assigned
// when the broker first sees a version and never taken back. "Latest" always
// means the greatest order, except for a branch: its head is the version that
// was added to it last.
package broker
