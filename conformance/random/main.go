// Command random compares package matching with the official Pact verifier on
// random response bodies under random rules, and prints every case in which
// the two disagree. It is for people: package matching's documentation says
// where disagreement is meant.
//
//	go run ./conformance/random -pact PATH-TO-THE-PACT-BINARY [-n 1000] [-seed 1] [-xml]
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// trial is one body that was expected and one that was answered.
type trial struct {
	contentType      string
	expected, actual string
	rules            contract.RuleSet
}

func main() {
	binary := flag.String("pact", "", "the official pact command, required")
	n := flag.Int("n", 1000, "how many cases")
	seed := flag.Uint64("seed", 1, "of the random cases; the same seed gives the same cases")
	asXML := flag.Bool("xml", false, "compare XML instead of JSON")
	flag.Parse()
	if *binary == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*binary, *n, *seed, *asXML); err != nil {
		fmt.Fprintln(os.Stderr, "random:", err)
		os.Exit(1)
	}
}

func run(binary string, n int, seed uint64, asXML bool) error {
	g := generator{rand.New(rand.NewPCG(seed, seed))}
	trials := make([]trial, n)
	for i := range trials {
		if asXML {
			trials[i] = g.xmlTrial()
		} else {
			trials[i] = g.jsonTrial()
		}
	}
	theirs, err := verify(binary, trials)
	if err != nil {
		return err
	}
	agreed, matched := 0, 0
	for i, t := range trials {
		ours := matching.Response(t.response(), answer(t.contentType, t.actual))
		if reason, failed := theirs[i]; failed != ours.OK() {
			agreed++
			if ours.OK() {
				matched++
			}
		} else {
			t.print(i, ours, failed, reason)
		}
	}
	fmt.Printf("%d cases, %d agree (%d of them match), %d differ\n", n, agreed, matched, n-agreed)
	return nil
}

func (t trial) response() contract.Response {
	r := answer(t.contentType, t.expected)
	r.Rules = t.rules
	return r
}

func answer(contentType, body string) contract.Response {
	return contract.Response{
		Status: http.StatusOK, Headers: contract.Values{"Content-Type": {contentType}},
		Body: contract.NewBody([]byte(body), contentType),
	}
}

func (t trial) print(i int, ours matching.Result, failed bool, reason string) {
	fmt.Printf("case %d: here it matches: %v, there: %v\n  expected %s\n  actual   %s\n", i, ours.OK(), !failed, t.expected, t.actual)
	for path, list := range t.rules[contract.CategoryBody] {
		for _, r := range list.Rules {
			fmt.Printf("  rule     %s %s %+v\n", path, r.Name(), r)
		}
	}
	for _, m := range ours.Mismatches {
		fmt.Printf("  here     %s: %s\n", m.Path, m.Why)
	}
	if failed {
		fmt.Printf("  there    %s\n", reason)
	}
}

// verify lets the official verifier judge all trials in one pact. It returns
// the reasons of those that failed by their number.
func verify(binary string, trials []trial) (map[int]string, error) {
	dir, err := os.MkdirTemp("", "treaty-random-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p := &contract.Pact{Consumer: "c", Provider: "p"}
	for i, t := range trials {
		p.Interactions = append(p.Interactions, &contract.HTTP{
			Common:   contract.Common{Description: fmt.Sprintf("trial %d", i)},
			Request:  contract.Request{Method: http.MethodGet, Path: fmt.Sprintf("/%d", i)},
			Response: t.response(),
		})
	}
	data, err := contract.Encode(p, contract.V4)
	if err != nil {
		return nil, err
	}
	pact, report := filepath.Join(dir, "pact.json"), filepath.Join(dir, "report.json")
	if err := os.WriteFile(pact, data, 0o600); err != nil {
		return nil, err
	}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &i); err != nil || i < 0 || i >= len(trials) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", trials[i].contentType)
		fmt.Fprint(w, trials[i].actual)
	}))
	defer provider.Close()
	address, err := url.Parse(provider.URL)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.Background(), binary, "verifier", "--file", pact, "--hostname", address.Hostname(),
		"--port", address.Port(), "--provider-name", "p", "--json", report)
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
	out, err := cmd.CombinedOutput() // exit 1 says that some trial failed
	failures, errRead := readReport(report)
	if errRead != nil {
		return nil, fmt.Errorf("the verifier wrote no report: %w (%w)\n%s", errRead, err, out)
	}
	return failures, nil
}

func readReport(path string) (map[int]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var report struct {
		Errors []struct {
			Interaction string
			Mismatch    json.RawMessage
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return nil, err
	}
	failures := map[int]string{}
	for _, e := range report.Errors {
		var i int
		at := strings.LastIndex(e.Interaction, "trial ")
		if _, err := fmt.Sscanf(e.Interaction[max(at, 0):], "trial %d", &i); err == nil {
			failures[i] = string(e.Mismatch)
		}
	}
	return failures, nil
}
