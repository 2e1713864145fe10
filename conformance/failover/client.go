package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	halType = "application/hal+json, application/json"
	// answerLimit is when an answer comes too late. A client waits longer, to
	// tell how late.
	answerLimit = 30 * time.Second
	patience    = 45 * time.Second
)

// client is one build that talks to the broker: to a replica after the other,
// as a load balancer deals them out.
type client struct {
	number  int
	scene   *scene
	chance  *rand.Rand
	http    *http.Client
	pause   time.Duration
	asked   int
	version int
}

func newClient(s *scene, number int, pause time.Duration) *client {
	return &client{
		number: number, scene: s, pause: pause,
		chance: rand.New(rand.NewPCG(s.seed, uint64(number))), // nothing is kept secret by it
		http:   &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2}, Timeout: patience},
	}
}

// request is what a client asks.
type request struct {
	what         string
	write        bool
	method, path string
	body         any
}

// reply is what an answer holds, a good one or not.
type reply struct {
	replica int
	// stored is what a refusal says of it: "nothing", or "unknown".
	stored   string
	at       time.Time
	location string
	body     []byte
}

// ask asks the next replica and notes the answer. A replica that takes no
// connection is passed over, as every load balancer does: it has got nothing.
func (c *client) ask(ctx context.Context, r request) (reply, bool) {
	for range c.scene.replicas {
		c.asked++
		number := (c.number + c.asked) % len(c.scene.replicas)
		a, out, refused := c.send(ctx, number, r)
		if refused {
			continue
		}
		c.scene.ledger.answered(a)
		c.rest(ctx, a)
		return out, a.good()
	}
	c.rest(ctx, answer{}) // there is no replica at all
	return reply{}, false
}

// send asks one replica. It reports whether the connection was refused.
func (c *client) send(ctx context.Context, number int, r request) (answer, reply, bool) {
	a := answer{at: time.Now(), replica: number, what: r.what, write: r.write}
	late := time.AfterFunc(answerLimit+5*time.Second, func() { c.scene.replicas[number].tellWhere() })
	defer late.Stop()
	response, err := c.do(ctx, number, r)
	if err != nil {
		a.took, a.text = time.Since(a.at), err.Error()
		var dial *net.OpError
		return a, reply{}, errors.As(err, &dial) && dial.Op == "dial"
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	a.took = time.Since(a.at)
	if err != nil {
		a.text = err.Error()
		return a, reply{}, false
	}
	a.status = response.StatusCode
	if a.status >= 300 {
		a.text, a.wrong = string(body), wrongRefusal(a.status, response.Header, string(body))
	}
	return a, reply{replica: number, stored: response.Header.Get(storedHeader), at: time.Now(), location: response.Header.Get("Location"), body: body}, false
}

func (c *client) do(ctx context.Context, number int, r request) (*http.Response, error) {
	var body io.Reader = http.NoBody
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	// Who ends the load lets the last requests come to their end.
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), r.method, "http://"+c.scene.replicas[number].address+r.path, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", halType)
	if r.method != http.MethodGet {
		request.Header.Set("Content-Type", "application/json")
	}
	return c.http.Do(request)
}

// driverText is what no answer may show: words of the driver and of SQL, and
// the address of a server.
var driverText = regexp.MustCompile(`(?i)sqlstate|pgx|pgconn|dial tcp|select .* from |insert into|postgres://|user=|host=|127\.0\.0\.1:\d+ *\(|\(?(?:25006|40001|53300|55P03|57014|57P0\d|08\d\d\d)\b`)

// wrongRefusal says what is wrong with an answer that is not a good one.
func wrongRefusal(status int, header http.Header, body string) string {
	switch {
	case status != http.StatusServiceUnavailable:
		return fmt.Sprintf("status %d", status)
	case header.Get(storedHeader) == "":
		return "503 without " + storedHeader
	case header.Get("Retry-After") == "" && header.Get(storedHeader) != storedUnknown:
		return "503 without Retry-After"
	case driverText.MatchString(body):
		return "503 that shows the driver's words"
	}
	return ""
}

// rest lets some time pass between two requests, more after a refusal.
func (c *client) rest(ctx context.Context, a answer) {
	pause := time.Duration(float64(c.pause) * (0.5 + c.chance.Float64()))
	if !a.good() {
		pause += 100 * time.Millisecond
	}
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}

// build is one run of a consumer's pipeline.
type build struct {
	consumer, provider, version string
	success                     bool // whether the pact is kept
}

// next draws the next build. Each client has its pair, and there is one that
// all share.
func (c *client) next() build {
	c.version++
	pair := fmt.Sprint(c.number)
	if c.chance.IntN(4) == 0 {
		pair = sharedPair
	}
	return build{
		consumer: "consumer-" + pair, provider: "provider-" + pair,
		version: fmt.Sprintf("%d.%d", c.number, c.version), success: c.chance.IntN(4) > 0,
	}
}

const sharedPair = "shared"

// writing plays builds until the load ends.
func (c *client) writing(ctx context.Context) {
	for ctx.Err() == nil {
		b := c.next()
		if !c.publish(ctx, b) || ctx.Err() != nil {
			continue
		}
		results, ok := c.fetch(ctx, b)
		if !ok || ctx.Err() != nil {
			continue
		}
		if c.verify(ctx, b, results, proven, b.success) {
			c.scene.ledger.know(fact{b.consumer, b.version, b.success})
		}
		if c.version%3 == 0 && ctx.Err() == nil {
			c.verify(ctx, b, results, "provider-of-"+b.version, true)
		}
		if c.version%2 == 0 && ctx.Err() == nil {
			c.deploy(ctx, b)
		}
		if c.version%3 == 1 && ctx.Err() == nil {
			c.tag(ctx, b)
		}
	}
}

func (c *client) publish(ctx context.Context, b build) bool {
	pact := map[string]any{
		"consumer": map[string]any{"name": b.consumer}, "provider": map[string]any{"name": b.provider},
		"interactions": []any{map[string]any{
			"description": "a request by " + b.version,
			"request":     map[string]any{"method": "GET", "path": "/" + b.version}, "response": map[string]any{"status": 200},
		}},
		"metadata": map[string]any{"pactSpecification": map[string]any{"version": "2.0.0"}},
	}
	content, err := json.Marshal(pact)
	if err != nil {
		panic(err) // strings and numbers
	}
	body := map[string]any{
		"pacticipantName": b.consumer, "pacticipantVersionNumber": b.version, "branch": "main",
		"contracts": []any{map[string]any{
			"consumerName": b.consumer, "providerName": b.provider, "specification": "pact", "contentType": "application/json", "content": content,
		}},
	}
	if c.version%4 == 0 {
		body["tags"] = []string{"built"}
	}
	out, ok := c.ask(ctx, request{what: "publish", write: true, method: http.MethodPost, path: "/contracts/publish", body: body})
	w := write{what: "publication", path: pactPath(b), holds: "a request by " + b.version, hook: hookAbout(published, b.consumer, b.version, "")}
	switch {
	case ok:
		c.acknowledged(out, w)
	case out.stored == storedNothing:
		w.at, w.replica = out.at, out.replica
		c.scene.ledger.denied(w)
	}
	return ok
}

// A refusal says by this header whether something is stored nevertheless.
const (
	storedHeader  = "X-Treaty-Stored"
	storedNothing = "nothing"
	storedUnknown = "unknown"
)

func pactPath(b build) string {
	return "/pacts/provider/" + b.provider + "/consumer/" + b.consumer + "/version/" + b.version
}

func (c *client) acknowledged(r reply, w write) {
	w.at, w.replica = r.at, r.replica
	c.scene.ledger.acknowledged(w)
}

// fetch reads what was published, and returns where its results go.
func (c *client) fetch(ctx context.Context, b build) (string, bool) {
	out, ok := c.ask(ctx, request{what: "fetch", method: http.MethodGet, path: pactPath(b)})
	if !ok {
		return "", false
	}
	var pact struct {
		Links struct {
			Results struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	err := json.Unmarshal(out.body, &pact)
	path := pathOf(pact.Links.Results.Href)
	if err != nil || path == "" {
		c.scene.note("the pact of %s %s has no address for its results: %v", b.consumer, b.version, err)
		return "", false
	}
	return path, true
}

// pathOf is an address without the replica that told it.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" {
		return ""
	}
	return u.RequestURI()
}

// proven is the version of each provider that is in production.
const proven = "in-production"

func (c *client) verify(ctx context.Context, b build, path, providerVersion string, success bool) bool {
	out, ok := c.ask(ctx, request{what: "publish a result", write: true, method: http.MethodPost, path: path,
		body: map[string]any{"success": success, "providerApplicationVersion": providerVersion}})
	if ok {
		c.acknowledged(out, write{what: "result", path: pathOf(out.location), holds: `"` + providerVersion + `"`,
			hook: hookAbout(verified, b.consumer, b.version, providerVersion)})
	}
	return ok
}

func (c *client) deploy(ctx context.Context, b build) {
	out, ok := c.ask(ctx, request{what: "record a deployment", write: true, method: http.MethodPost,
		path: "/pacticipants/" + b.consumer + "/versions/" + b.version + "/deployed-versions/environment/" + c.scene.environment, body: map[string]any{}})
	if !ok {
		return
	}
	var deployed struct {
		UUID string
	}
	if err := json.Unmarshal(out.body, &deployed); err != nil || deployed.UUID == "" {
		c.scene.note("the deployment of %s %s has no identity: %v", b.consumer, b.version, err)
		return
	}
	c.acknowledged(out, write{what: "deployment", path: "/deployed-versions/" + deployed.UUID, holds: `"` + b.version + `"`})
}

func (c *client) tag(ctx context.Context, b build) {
	path := "/pacticipants/" + b.consumer + "/versions/" + b.version + "/tags/checked"
	if out, ok := c.ask(ctx, request{what: "tag", write: true, method: http.MethodPut, path: path}); ok {
		c.acknowledged(out, write{what: "tag", path: path, holds: `"checked"`})
	}
}

// reading asks until the load ends what pipelines ask before they deploy and
// before they verify.
func (c *client) reading(ctx context.Context) {
	for ctx.Err() == nil {
		pair := sharedPair
		if n := c.chance.IntN(c.scene.writers + 1); n < c.scene.writers {
			pair = fmt.Sprint(n)
		}
		switch c.chance.IntN(4) {
		case 0, 1:
			c.canIDeploy(ctx)
		case 2:
			c.ask(ctx, request{what: "pacts for verification", method: http.MethodPost, path: "/pacts/provider/provider-" + pair + "/for-verification",
				body: map[string]any{"consumerVersionSelectors": []any{map[string]any{"mainBranch": true}, map[string]any{"deployedOrReleased": true}}}})
		case 3:
			c.ask(ctx, request{what: "fetch the latest", method: http.MethodGet, path: "/pacts/provider/provider-" + pair + "/consumer/consumer-" + pair + "/latest"})
		}
	}
}

// canIDeploy asks about a version of which the answer is known: results that
// were acknowledged decide it, and a wrong yes is the worst of all answers.
func (c *client) canIDeploy(ctx context.Context) {
	known, ok := c.scene.ledger.pick(c.chance.IntN(50))
	if !ok {
		c.rest(ctx, answer{})
		return
	}
	query := url.Values{"pacticipant": {known.consumer}, "version": {known.version}, "environment": {"production"}}
	c.asked++
	number := (c.number + c.asked) % len(c.scene.replicas)
	a, out, refused := c.send(ctx, number, request{what: "can-i-deploy", method: http.MethodGet, path: "/can-i-deploy?" + query.Encode()})
	if refused {
		return
	}
	if a.good() {
		if a.wrong = wrongVerdict(out.body, known); a.wrong != "" {
			a.text = strings.TrimSpace(string(out.body))
		}
	}
	c.scene.ledger.answered(a)
	c.rest(ctx, a)
}

// wrongVerdict says how the answer contradicts what was acknowledged before it
// was asked for.
func wrongVerdict(body []byte, known fact) string {
	var told struct {
		Summary struct{ Deployable *bool }
	}
	switch err := json.Unmarshal(body, &told); {
	case err != nil || told.Summary.Deployable == nil:
		return "can-i-deploy without a verdict"
	case *told.Summary.Deployable && !known.deployable:
		return "a wrong yes"
	case !*told.Summary.Deployable && known.deployable:
		return "a wrong no"
	}
	return ""
}
