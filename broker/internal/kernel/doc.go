// Package kernel is what all subjects of the broker share: the facts that are
// stored, the port to storage, errors and pages of lists, the rules for names,
// and the look-ups that more than one subject needs. It knows neither HTTP nor
// SQL, and no subject.
//
// # Map
//
//	what is stored     pacticipant.go, version.go, branch.go, tag.go, pact.go,
//	                   verification.go, environment.go, deployment.go,
//	                   integration.go, webhook.go, gateanswer.go, asker.go,
//	                   pactmetadata.go, metrics.go
//	the port           store.go, with matrixreader.go, selectorreader.go and
//	                   retention.go
//	look-ups           find.go, findpublication.go, describepacts.go
//	rules              namerules.go, displayname.go, namelists.go, nearnames.go,
//	                   limits.go, versionorder.go, webhookrules.go; settings.go
//	                   switches them
//	errors, lists      error.go, page.go
//	use cases' ground  base.go
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
package kernel
