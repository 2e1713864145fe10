package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// delivery is a broker with an environment in which Bar 1 and Foo 1 are: Foo uses Bar.
type delivery struct {
	*server
	environment string
}

func newDelivery(t *testing.T) *delivery {
	t.Helper()
	d := &delivery{server: start(t, api.Config{})}
	d.environment = d.must("POST", "/environments", `{"name":"live","production":true}`).doc["uuid"].(string)
	d.publish("Foo", "1", "main", "Bar", "a")
	d.publish("Foo", "2", "main", "Bar", "b")
	d.verify("1", "1", true)
	d.must("POST", d.deployments("Bar", "1"), "{}")
	d.must("POST", d.deployments("Foo", "1"), "{}")
	return d
}

func (d *delivery) verify(foo, bar string, success bool) {
	sha := lastSegment(d.get(fooBar + "/version/" + foo).link("pb:pact-version"))
	d.must("POST", fooBar+"/pact-version/"+sha+"/verification-results", fmt.Sprintf(`{"success":%t,"providerApplicationVersion":%q}`, success, bar))
}

func (d *delivery) deployments(name, version string) string {
	return "/pacticipants/" + name + "/versions/" + version + "/deployed-versions/environment/" + d.environment
}

func (d *delivery) rollouts(name, version string) string {
	return "/pacticipants/" + name + "/versions/" + version + "/rollouts/environment/" + d.environment
}

func (d *delivery) post(path, body string) reply {
	return d.do(call{method: "POST", path: path, body: body})
}

func (d *delivery) patch(path, body string) reply {
	return d.do(call{method: "PATCH", path: path, body: body})
}

// live is what is live of an application, with a star for a candidate.
func (d *delivery) live(name string) string {
	var out []string
	for _, item := range d.get("/environments/"+d.environment+"/deployed-versions/currently-deployed?pacticipant="+name).at("_embedded", "deployedVersions").([]any) {
		record := item.(map[string]any)
		number := record["_embedded"].(map[string]any)["version"].(map[string]any)["number"].(string)
		if record["candidate"] == true {
			number += "*"
		}
		out = append([]string{number}, out...)
	}
	return strings.Join(out, " ")
}

func TestARolloutHasTwoVersionsLive(t *testing.T) {
	t.Parallel()
	d := newDelivery(t)
	refused := d.post(d.rollouts("Foo", "2"), `{"strategy":"canary","share":10}`)
	require.Equal(t, 409, refused.status, refused.text)
	require.Contains(t, refused.doc["error"], "no result for the pact of version 2 of Foo")
	require.Nil(t, refused.at("answer", "summary", "deployable"), "the whole answer is there")
	require.NotEmpty(t, refused.at("answer", "explanations"))
	kept := refused.at("answer", "_links", "pb:gate-answer", "href").(string)
	require.Equal(t, 200, d.get(strings.TrimPrefix(kept, d.url)).status, "and kept")
	require.Equal(t, "1", d.live("Foo"), "nothing is recorded")

	d.verify("2", "1", true)
	started := d.do(call{method: "POST", path: d.rollouts("Foo", "2"), body: `{"strategy":"canary","share":10,"reason":"try"}`, header: map[string]string{"Treaty-Actor": "  anna\tof\u202e shop "}})
	require.Equal(t, 201, started.status, started.text)
	self := strings.TrimPrefix(started.header.Get("Location"), d.url)
	require.Equal(t, []any{"running", "canary", 10.0, false, "2", "1"}, []any{started.doc["state"], started.doc["strategy"], started.doc["share"],
		started.doc["againstGate"], started.at("_embedded", "version", "number"), started.at("_embedded", "previous", "number")})
	require.Contains(t, started.doc["startedBy"], "anna of")
	require.NotContains(t, started.text, "\u202e")
	require.NotNil(t, started.doc["answer"])
	require.Equal(t, "1 2*", d.live("Foo"), "both are live")
	again := d.post(d.rollouts("Foo", "2"), `{}`)
	require.Equal(t, []any{200, started.doc["uuid"]}, []any{again.status, again.doc["uuid"]}, "R8")

	// What comes to the provider's side meets both.
	d.must("PUT", "/pacticipants/Bar/versions/2", "{}")
	d.verify("1", "2", true)
	meets := d.post(d.rollouts("Bar", "2"), `{}`)
	require.Equal(t, 409, meets.status, "Bar 2 has no result for Foo 2, which is live")
	d.verify("2", "2", true)

	require.InDelta(t, 25.5, d.patch(self, `{"share":25.50}`).doc["share"], 0)
	for body, says := range map[string]string{
		`{"share":100.5}`: "from 0 to 100", `{"share":1.234}`: "two decimals", `{"share":"1"}`: "must be a number", `{"share":1e1}`: "must be a number",
		`{"state":"running"}`: "must be promoted or aborted", `{"share":1,"outcome":"failed"}`: "goes with the state aborted", `{"state":"aborted","outcome":"bad"}`: "failed or cancelled",
		`{"stat":"promoted"}`: "is not known here", `{}`: "say what to change", `{"share":5,"gate":"maybe"}`: "must be one of: ask, skip",
	} {
		wrong := d.patch(self, body)
		require.Equal(t, 400, wrong.status, body)
		require.Contains(t, wrong.text, says, body)
	}
	third := d.post(d.rollouts("Foo", "1"), `{}`)
	require.Equal(t, 409, third.status)
	require.Contains(t, third.doc["error"], "is deployed in live already")

	promoted := d.patch(self, `{"state":"promoted"}`)
	require.Equal(t, []any{200, "promoted"}, []any{promoted.status, promoted.doc["state"]}, promoted.text)
	require.Equal(t, "2", d.live("Foo"))
	record := d.get(strings.TrimPrefix(promoted.link("pb:deployed-version"), d.url))
	require.NotEmpty(t, record.doc["promotedAt"])
	require.Equal(t, promoted.link("self"), record.link("pb:rollout"))
	require.Equal(t, 200, d.patch(self, `{"state":"promoted"}`).status)
	for _, body := range []string{`{"state":"aborted"}`, `{"share":1}`, `{"nonsense":1}`} {
		ended := d.do(call{method: "PATCH", path: self, body: body, header: map[string]string{"Accept": "application/hal+json,application/problem+json"}})
		require.Equal(t, 409, ended.status, "R7, %s", body)
		require.Contains(t, ended.doc["type"], "/problems/rollout-ended")
		require.Contains(t, ended.doc["detail"], "treaty rollback")
	}
	require.Equal(t, 404, d.patch("/rollouts/none", `{"share":1}`).status)
}

func TestARolloutIsInTheWayOfAnother(t *testing.T) {
	t.Parallel()
	d := newDelivery(t)
	d.publish("Foo", "3", "main", "Bar", "a")
	d.verify("2", "1", true)
	first := d.must("POST", d.rollouts("Foo", "2"), `{}`)
	taken := d.do(call{method: "POST", path: d.rollouts("Foo", "3"), body: `{}`, header: map[string]string{"Accept": "application/hal+json,application/problem+json"}})
	require.Equal(t, 409, taken.status)
	require.Contains(t, taken.doc["type"], "/problems/rollout-running")
	require.Equal(t, []any{first.link("self"), "2"}, []any{taken.doc["rollout"], taken.doc["version"]})
	require.Equal(t, 201, d.post(d.rollouts("Foo", "3"), `{"applicationInstance":"eu"}`).status, "places are independent")

	aborted := d.patch(strings.TrimPrefix(first.link("self"), d.url), `{"state":"aborted","reason":"5xx"}`)
	require.Equal(t, []any{"aborted", "failed", "5xx"}, []any{aborted.doc["state"], aborted.doc["outcome"], aborted.doc["reason"]})
	require.Equal(t, "1 3*", d.live("Foo"))
}

// A promotion asks the proof again: a newer result may have turned red.
func TestAPromotionAsksAgain(t *testing.T) {
	t.Parallel()
	d := newDelivery(t)
	d.verify("2", "1", true)
	self := strings.TrimPrefix(d.must("POST", d.rollouts("Foo", "2"), `{}`).link("self"), d.url)
	d.verify("2", "1", false)
	refused := d.patch(self, `{"state":"promoted"}`)
	require.Equal(t, []any{409, false}, []any{refused.status, refused.at("answer", "summary", "deployable")}, refused.text)
	require.Equal(t, "1 2*", d.live("Foo"))
	require.Equal(t, 200, d.patch(self, `{"state":"promoted","gate":"skip"}`).status, "a fact is never refused")
	require.Equal(t, "2", d.live("Foo"))
}

func TestFactsAreRecordedAgainstTheGate(t *testing.T) {
	t.Parallel()
	d := newDelivery(t)
	r := d.must("POST", d.rollouts("Foo", "2"), `{"gate":"skip"}`)
	require.Equal(t, true, r.doc["againstGate"])
	require.NotNil(t, r.doc["answer"])
	d.must("POST", d.deployments("Foo", "2"), `{}`)
	require.Equal(t, "2", d.live("Foo"), "the record of the candidate promotes it, without asking")
	back := d.must("POST", d.deployments("Foo", "1"), `{}`)
	require.NotContains(t, back.text, "rollback", "an old client is told nothing new")
	require.Equal(t, 409, d.post(d.deployments("Foo", "2"), `{"gate":"ask"}`).status)
	d.verify("2", "1", true)
	asked := d.must("POST", d.deployments("Foo", "2"), `{"gate":"ask","reason":"again"}`)
	require.Equal(t, []any{false, "again"}, []any{asked.doc["againstGate"], asked.doc["reason"]})
	returned := d.must("POST", d.deployments("Foo", "1"), `{"gate":"ask"}`)
	require.Equal(t, []any{true, true}, []any{d.get(lastPath(d, returned)).doc["rollback"], d.get(lastPath(d, returned)).doc["inferred"]}, "B6")
	require.Equal(t, 400, d.post(d.deployments("Foo", "2"), `{"gate":"perhaps"}`).status)
	require.Equal(t, 400, d.post(d.deployments("Foo", "2"), `{"reason":"`+strings.Repeat("x", 501)+`"}`).status)
}

func lastPath(d *delivery, r reply) string { return strings.TrimPrefix(r.link("self"), d.url) }

func TestRolloutsAreListed(t *testing.T) {
	t.Parallel()
	d := newDelivery(t)
	d.verify("2", "1", true)
	list := "/environments/" + d.environment + "/rollouts"
	count := func(query string) int { return len(d.get(list+query).at("_embedded", "rollouts").([]any)) }
	require.Zero(t, count(""))
	for range 51 {
		for _, version := range []string{"2", "1"} {
			self := strings.TrimPrefix(d.must("POST", d.rollouts("Foo", version), `{}`).link("self"), d.url)
			d.do(call{method: "PATCH", path: self, body: `{"state":"promoted"}`})
		}
	}
	running := d.must("POST", d.rollouts("Foo", "2"), `{}`)
	first := d.get(list)
	require.Len(t, first.at("_embedded", "rollouts"), 100)
	require.Equal(t, running.doc["uuid"], first.at("_embedded", "rollouts").([]any)[0].(map[string]any)["uuid"])
	require.Len(t, d.get(strings.TrimPrefix(first.link("next"), d.url)).at("_embedded", "rollouts"), 3)
	require.Equal(t, 1, count("?state=running"))
	require.Zero(t, count("?pacticipant=Nobody"))
	require.Equal(t, 400, d.do(call{method: "GET", path: list + "?state=odd"}).status)
	require.Equal(t, http.StatusNotFound, d.do(call{method: "GET", path: "/environments/none/rollouts"}).status)
	require.Len(t, d.get(d.rollouts("Foo", "1")).at("_embedded", "rollouts"), 51)
	require.Equal(t, 404, d.do(call{method: "GET", path: d.rollouts("Foo", "9")}).status)
}

func TestTheVerdictMayBeTheStatus(t *testing.T) {
	t.Parallel()
	d := newDelivery(t)
	const question = "/can-i-deploy?pacticipant=Foo&version=2&environment=live"
	require.Equal(t, 200, d.get(question).status)
	plain := d.get(question + "&verdictAsStatus=false")
	no := d.get(question + "&verdictAsStatus=true")
	require.Equal(t, []any{200, 409, plain.doc}, []any{plain.status, no.status, no.doc})
	require.Equal(t, 409, d.do(call{method: "GET", path: question + "&verdictAsStatus=true", header: map[string]string{"Accept": "text/plain"}}).status)
	d.verify("2", "1", true)
	require.Equal(t, 200, d.get(question+"&verdictAsStatus=true").status)
	require.Equal(t, 400, d.get(question+"&verdictAsStatus=perhaps").status)
}
