//go:build ignore && pactffi

package pactffi

// The same consumer tests through package dsl and through pact-go with its
// native library: run.sh makes pact-go's copy of the cases by putting in its
// import paths.

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	pactlog "github.com/pact-foundation/pact-go/v2/log"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/conformance/pactffi/cases"
	"github.com/treatyhq/treaty/contract"
	"pactffi.test/peer"
)

// TestMain keeps pact-go quiet: its lines about each request cost it time.
func TestMain(m *testing.M) {
	_ = pactlog.SetLogLevel("ERROR")
	os.Exit(m.Run())
}

func TestPactFilesAreEqualInMeaning(t *testing.T) {
	ours, theirs := t.TempDir(), t.TempDir()
	our, their := cases.All(ours), peer.All(theirs)
	require.Len(t, their, len(our))
	for i := range our {
		t.Run(our[i].Name, func(t *testing.T) {
			require.NoError(t, our[i].Run(t))
			require.NoError(t, patiently(t, their[i]))
			name := our[i].Name + "-provider.json"
			require.Equal(t, meaning(t, filepath.Join(theirs, name)), meaning(t, filepath.Join(ours, name)))
		})
	}
	t.Logf("%d consumer tests through both", len(our))
}

// patiently tries a case of pact-go again: its mock server sometimes counts a
// request only after it has answered it, and then reports it as missing.
func patiently(t *testing.T, c peer.Case) error {
	var err error
	for range 10 {
		if err = c.Run(t); err == nil || !strings.Contains(err.Error(), "missing-request") {
			break
		}
	}
	return err
}

// meaning is a pact file in one form: read, and written again as V4, without
// what says nothing about the contract.
func meaning(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	text = boundary.ReplaceAll(text, []byte("boundary=X"))
	pact, err := contract.Decode(text)
	require.NoError(t, err)
	version := pact.Version
	pact.Metadata = nil
	for _, i := range pact.Interactions {
		i.Base().Key, i.Base().Transport = "", ""
		normalize(i)
	}
	written, err := contract.Encode(pact, contract.V4)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, written, "", " "))
	return version.String() + "\n" + out.String()
}

// A boundary is random with pact-go, and each tool has its own words for the
// expression that accepts any boundary.
var boundary = regexp.MustCompile(`boundary=[0-9A-Za-z]+`)

// normalize takes out what differs without meaning: rules that stand twice,
// the two names of the date-time rule, and the boundary of forms.
func normalize(i contract.Interaction) {
	switch i := i.(type) {
	case *contract.HTTP:
		i.Request.Body = multipart(i.Request.Body, i.Request.Rules)
		i.Response.Body = multipart(i.Response.Body, i.Response.Rules)
		simplify(i.Request.Rules)
		simplify(i.Response.Rules)
	case *contract.AsyncMessage:
		simplify(i.Rules)
	case *contract.SyncMessage:
		simplify(i.Request.Rules)
		for n := range i.Responses {
			simplify(i.Responses[n].Rules)
		}
	}
}

func simplify(set contract.RuleSet) {
	for _, category := range set {
		for key, list := range category {
			var rules []contract.Rule
			for _, rule := range list.Rules {
				if date, ok := rule.(contract.DateTimeRule); ok {
					date.Spelling = ""
					rule = date
				}
				if !slices.ContainsFunc(rules, func(known contract.Rule) bool { return reflect.DeepEqual(known, rule) }) {
					rules = append(rules, rule)
				}
			}
			category[key] = contract.RuleList{Combine: list.Combine, Rules: rules}
		}
	}
}

func multipart(body contract.Body, rules contract.RuleSet) contract.Body {
	kind, err := contract.ParseContentType(body.ContentType)
	if err != nil || !kind.IsMultipart() {
		return body
	}
	if list, ok := rules[contract.CategoryHeader]["Content-Type"]; ok {
		list.Rules = []contract.Rule{contract.RegexRule{Pattern: "any boundary"}}
		rules[contract.CategoryHeader]["Content-Type"] = list
	}
	lines := bytes.Split(parts.ReplaceAll(body.Content, nil), []byte("\r\n"))
	sort.Slice(lines, func(a, b int) bool { return bytes.Compare(lines[a], lines[b]) < 0 })
	body.ContentType = kind.Essence()
	body.Content = bytes.Join(lines, []byte("\n"))
	return body
}

var parts = regexp.MustCompile(`(?m)^--[0-9A-Za-z]+(--)?\r?$`)
