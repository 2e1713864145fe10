package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// publish publishes a version of a consumer on a branch, with a pact with each of
// the providers that nobody has seen.
func (c *connection) publish(ctx context.Context, consumer, number string, providers ...string) error {
	var contracts strings.Builder
	for i, provider := range providers {
		if i > 0 {
			contracts.WriteByte(',')
		}
		fmt.Fprintf(&contracts, `{"consumerName":%q,"providerName":%q,"specification":"pact","contentType":"application/json","content":"%s"}`,
			consumer, provider, base64.StdEncoding.EncodeToString(pact(consumer, provider, number)))
	}
	body := fmt.Sprintf(`{"pacticipantName":%q,"pacticipantVersionNumber":%q,"branch":"main","contracts":[%s]}`, consumer, number, &contracts)
	_, err := c.send(ctx, http.MethodPost, "/contracts/publish", body)
	return err
}

func pact(consumer, provider, number string) []byte {
	var pact bytes.Buffer
	fmt.Fprintf(&pact, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[`, consumer, provider)
	for i := range interactions {
		if i > 0 {
			pact.WriteByte(',')
		}
		order := strconv.Itoa(i)
		for _, part := range []string{
			`{"description":"request `, number, ` for order `, order, `","providerStates":[{"name":"order `, order, ` exists"}],`,
			`"request":{"method":"GET","path":"/orders/`, order, `","headers":{"Accept":"application/json"}},`,
			`"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":`, order, `,"name":"order","lines":[{"sku":"a","count":1}]},`,
			`"matchingRules":{"body":{"$.id":{"matchers":[{"match":"integer"}]},"$.lines":{"matchers":[{"match":"type","min":1}]}}}}}`,
		} {
			pact.WriteString(part)
		}
	}
	pact.WriteString(`],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`)
	return pact.Bytes()
}

// latest is the path of the newest pact of a pair.
func latest(provider, consumer string) string {
	return "/pacts/provider/" + provider + "/consumer/" + consumer + "/latest"
}

// resultsOf is the path where results of a pact go, as the pact says it.
func resultsOf(pact []byte) (string, error) {
	return linkOf(pact, "pb:publish-verification-results")
}

// linkOf is the path of a link of a resource.
func linkOf(resource []byte, relation string) (string, error) {
	var all struct {
		Links map[string]json.RawMessage `json:"_links"`
	}
	if err := json.Unmarshal(resource, &all); err != nil {
		return "", fmt.Errorf("read the links: %w", err)
	}
	var link struct {
		Href string `json:"href"`
	}
	if err := json.Unmarshal(all.Links[relation], &link); err != nil {
		return "", fmt.Errorf("find the link %s: %w", relation, err)
	}
	at, err := url.Parse(link.Href)
	if err != nil {
		return "", fmt.Errorf("find the link %s: %w", relation, err)
	}
	return at.EscapedPath(), nil
}
