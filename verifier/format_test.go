package verifier_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/golden"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/verifier"
)

// sample is a report that has everything.
func sample() verifier.Report {
	sent := &verifier.SentRequest{
		Method: "POST", URL: "http://localhost:8080/orders?dry=1&x=it's", Hidden: []string{"Authorization"},
		Headers: contract.Values{"Content-Type": {"application/json"}}, Body: []byte(`{"sku":"tea"}`),
	}
	return verifier.Report{
		Provider: "catalog", Version: "1.2.3", Target: "http://localhost:8080",
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Duration: 1234 * time.Millisecond,
		Problems: []string{"the pact file gone.json cannot be read: no such file or directory"},
		Warnings: []string{"the results were not published: interactions were left out"},
		Filtered: true,
		Pacts: []verifier.PactReport{
			{
				Consumer: "storefront", Provider: "catalog", Source: "pacts/storefront-catalog.json",
				Interactions: []verifier.InteractionReport{
					{
						Description: "a product", Outcome: verifier.Passed, Kind: contract.KindHTTP, TestName: "TestProduct",
						Comments: []string{"the price is in cents"}, Duration: 3 * time.Millisecond,
						Warnings: []string{`the provider state "s" was not set up`},
					},
					{
						ID: "id2", Description: "an order", States: []contract.ProviderState{{Name: "tea is there"}, {Name: "user exists"}},
						Outcome: verifier.Failed, Kind: contract.KindHTTP, Request: sent, Duration: 12 * time.Millisecond,
						TestName: "TestOrder", Comments: []string{"one order\na customer"}, References: []contract.Reference{
							{Group: "Jira", Name: "SHOP-7", Value: "https://jira.example.com/browse/SHOP-7"}, {Group: "Wiki", Value: "\x1b[31morders"},
						},
						Mismatches: []matching.Mismatch{
							{Kind: matching.KindStatus, Expected: "201", Actual: "400", Why: "expected status 201, got 400"},
							{Kind: matching.KindHeader, Path: "Location", Expected: "/orders/1", Absent: true, Why: "expected header Location, but it is missing"},
							{Kind: matching.KindBody, Path: "$.items[0].price", Expected: "12.5", Actual: `"12.50"`, Why: "expected a number, got a string"},
							{Kind: matching.KindBody, Path: "$.note", Expected: `"a"`, Actual: "<b>&\x01\xff", Why: "expected 'a'"},
							{Kind: matching.KindBody, Path: "$.colour", Expected: `"red"`, Actual: "\"\x1b[31m\"", Why: "expected red"},
						},
					},
					{Description: "a broken one", Outcome: verifier.Errored, Problem: "the setup failed:\n\n\"s\": func() {\n}"},
					{Description: "one that is away", Outcome: verifier.Errored, Untried: true, Pending: true, Problem: "the provider cannot be reached"},
					{Description: "not reached", Outcome: verifier.NotRun},
				},
			},
			{
				Consumer: "kiosk", Provider: "catalog", Source: "http://broker/pact", Pending: true, WIP: true,
				Notices: []string{"This pact is still pending.\nIt will count later."}, Published: "http://broker/result/7",
				Interactions: []verifier.InteractionReport{{
					Description: "a wish", Outcome: verifier.Failed, Pending: true,
					Mismatches: []matching.Mismatch{{Kind: matching.KindBodyType, Expected: "application/json", Actual: "text/html", Why: "expected JSON"}},
				}},
			},
		},
	}
}

func TestReportsReadAsReviewed(t *testing.T) {
	for _, f := range []struct {
		name  string
		write func(io.Writer, verifier.Report) error
	}{
		{"report.txt", verifier.WriteText},
		{"report.json", verifier.WriteJSON},
		{"report.xml", verifier.WriteJUnit},
		{"report.github", verifier.WriteGitHub},
		{"report.html", verifier.WriteHTML},
	} {
		t.Run(f.name, func(t *testing.T) {
			var b strings.Builder
			require.NoError(t, f.write(&b, sample()))
			golden.Equal(t, f.name, b.String())
		})
	}
}

func TestJUnitIsWellFormedWhateverProvidersSend(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	require.NoError(t, verifier.WriteJUnit(&b, sample()))
	decoder := xml.NewDecoder(strings.NewReader(b.String()))
	for {
		if _, err := decoder.Token(); err != nil {
			require.ErrorIs(t, err, io.EOF)
			return
		}
	}
}

func TestHTMLReportNeedsNothingElse(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	require.NoError(t, verifier.WriteHTML(&b, sample()))
	for _, never := range []string{"<script", "<link", "src=", "@import", "<b>&"} {
		require.NotContains(t, b.String(), never)
	}
}

func TestCurlLineIsOneShellCommand(t *testing.T) {
	t.Parallel()
	request := verifier.SentRequest{Method: "GET", URL: "http://h/a'b", Headers: contract.Values{"X": {"a b", "$(rm)"}}}
	require.Equal(t, `curl -i 'http://h/a'\''b' -H 'X: a b' -H 'X: $(rm)'`, request.Curl())
	request = verifier.SentRequest{Method: "PUT", URL: "http://h/", Body: []byte{0xff}}
	require.Equal(t, "curl -i -X PUT http://h/ --data-binary @BODY", request.Curl())
}
