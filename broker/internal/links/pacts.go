package links

import "strconv"

// Pair is the beginning of every address that belongs to the pacts between a
// consumer and a provider.
type Pair struct {
	links              Links
	provider, consumer string
}

// Pair returns the addresses of one pair.
func (l Links) Pair(provider, consumer string) Pair {
	return Pair{links: l, provider: provider, consumer: consumer}
}

func (p Pair) path(segments ...string) string {
	start := []string{"pacts", "provider", p.provider, "consumer", p.consumer}
	return p.links.Path(append(start, segments...)...)
}

// Pact is the pact that a consumer version published.
func (p Pair) Pact(number string) string { return p.path("version", number) }

// PreviousDistinct is the nearest earlier pact with another content.
func (p Pair) PreviousDistinct(number string) string {
	return p.path("version", number, "previous-distinct")
}

// DiffPreviousDistinct compares a pact with the one before it.
func (p Pair) DiffPreviousDistinct(number string) string {
	return p.path("version", number, "diff", "previous-distinct")
}

// DiffVersion compares a pact with that of another version.
func (p Pair) DiffVersion(number, other string) string {
	return p.path("version", number, "diff", "version", other)
}

// DiffContent compares a content with another one; it holds {pactVersion}.
func (p Pair) DiffContent(sha string) string {
	return p.path("pact-version", sha, "diff", "pact-version") + "/{pactVersion}"
}

// Content is a pact by its content.
func (p Pair) Content(sha string) string { return p.path("pact-version", sha) }

// ContentWithMetadata is a pact by its content, with the encoded metadata of
// how it was selected.
func (p Pair) ContentWithMetadata(sha, metadata string) string {
	return p.path("pact-version", sha, "metadata", metadata)
}

// Results is where verification results of a content are published. The
// encoded metadata may be empty.
func (p Pair) Results(sha, metadata string) string {
	if metadata != "" {
		// The segment is in its encoded form already: what a client sent goes
		// back as it came.
		return p.path("pact-version", sha, "metadata") + "/" + metadata + "/verification-results"
	}
	return p.path("pact-version", sha, "verification-results")
}

// LatestResultOfVersion is the newest verification result of the pact that a
// consumer version published.
func (p Pair) LatestResultOfVersion(number string) string {
	return p.path("version", number, "verification-results", "latest")
}

// LatestResult is the newest verification result of a content.
func (p Pair) LatestResult(sha string) string {
	return p.path("pact-version", sha, "verification-results", "latest")
}

// Result is one verification result.
func (p Pair) Result(sha string, number int64) string {
	return p.path("pact-version", sha, "verification-results", strconv.FormatInt(number, 10))
}

// ResultWithMetadata is one verification result, seen from a consumer version.
func (p Pair) ResultWithMetadata(sha, metadata string, number int64) string {
	return p.path("pact-version", sha, "metadata", metadata,
		"verification-results", strconv.FormatInt(number, 10))
}

// ResultTriggeredWebhooks lists the webhooks that a result triggered.
func (p Pair) ResultTriggeredWebhooks(sha string, number int64) string {
	return p.path("pact-version", sha, "verification-results",
		strconv.FormatInt(number, 10), "triggered-webhooks")
}

// TriggeredWebhooks lists the webhooks that a publication triggered.
func (p Pair) TriggeredWebhooks(number string) string {
	return p.path("version", number, "triggered-webhooks")
}

// WebhooksStatus is the state of the pair's webhooks.
func (p Pair) WebhooksStatus() string { return p.path("webhooks", "status") }

// Latest is the newest pact of the pair.
func (p Pair) Latest() string { return p.path("latest") }

// LatestUntagged is the newest pact of the pair whose version has no tag.
func (p Pair) LatestUntagged() string { return p.path("latest-untagged") }

// LatestTagged is the newest pact of the pair whose version has the tag.
func (p Pair) LatestTagged(tag string) string { return p.path("latest", tag) }

// LatestTaggedTemplate is LatestTagged for any {tag}.
func (p Pair) LatestTaggedTemplate() string { return p.path("latest") + "/{tag}" }

// Versions lists the pacts of the pair.
func (p Pair) Versions() string { return p.path("versions") }

// Webhooks is where webhooks for the pair are listed and created.
func (p Pair) Webhooks() string {
	return p.links.Path("webhooks", "provider", p.provider, "consumer", p.consumer)
}

// LatestPacts lists the newest pact of every pair.
func (l Links) LatestPacts() string { return l.Template("/pacts/latest") }

// LatestResultsOfConsumer are the newest results, one for each provider, of
// what a consumer version published.
func (l Links) LatestResultsOfConsumer(consumer, number string) string {
	return l.Path("verification-results", "consumer", consumer, "version", number, "latest")
}

// Webhooks is the list of webhooks.
func (l Links) Webhooks() string { return l.Template("/webhooks") }

// Webhook is one webhook.
func (l Links) Webhook(uuid string) string { return l.Path("webhooks", uuid) }

// WebhookExecution is where a webhook is tried out.
func (l Links) WebhookExecution(uuid string) string { return l.Path("webhooks", uuid, "execute") }

// ConsumerWebhooks lists the webhooks for a consumer.
func (l Links) ConsumerWebhooks(consumer string) string {
	return l.Path("webhooks", "consumer", consumer)
}

// ProviderWebhooks lists the webhooks for a provider.
func (l Links) ProviderWebhooks(provider string) string {
	return l.Path("webhooks", "provider", provider)
}

// TriggeredWebhookLogs are the logs of one firing of a webhook.
func (l Links) TriggeredWebhookLogs(uuid string) string {
	return l.Path("triggered-webhooks", uuid, "logs")
}
