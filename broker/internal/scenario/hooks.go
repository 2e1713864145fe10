package scenario

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

var ofWebhook = []string{
	"consumer APP", "provider APP", "consumers labelled LABEL", "providers labelled LABEL",
	"calls METHOD URL...", "header NAME: VALUE*", "body: JSON", "text: TEXT", "user NAME with password PASSWORD", "disabled",
}

// hookWords are about webhooks.
var hookWords = []Word{
	{Shape: "webhook NAME on nothing in particular", Parts: ofWebhook, play: (*player).createWebhook},
	{Shape: "webhook NAME on EVENTS...", Parts: ofWebhook, play: (*player).createWebhook},
	{Shape: "change webhook NAME to EVENTS...", Parts: ofWebhook, play: (*player).changeWebhook},
	{Shape: "delete webhook NAME", play: func(p *player, s Sentence) (reply, error) {
		return p.send(http.MethodDelete, path("/webhooks/%s", p.webhook(s.of("NAME"))), nil)
	}},
	{Shape: "show webhook NAME", asks: true, play: func(p *player, s Sentence) (reply, error) {
		got, err := p.get(path("/webhooks/%s", p.webhook(s.of("NAME"))))
		got.lines = webhookLines(got.doc)
		return got, err
	}},
	{Shape: "show all webhooks", asks: true, play: showing(webhookTitles, "/webhooks")},
	{Shape: "show the webhooks of provider PROVIDER", asks: true, play: showing(webhookTitles, "/webhooks/provider/%s", "PROVIDER")},
	{Shape: "show the webhooks of consumer APP", asks: true, play: showing(webhookTitles, "/webhooks/consumer/%s", "APP")},
	{Shape: "show the webhooks of APP → PROVIDER", asks: true, play: showing(webhookTitles, "/webhooks/provider/%s/consumer/%s", "PROVIDER", "APP")},
	{Shape: "execute webhook NAME", asks: true, play: (*player).executeWebhook},

	{Shape: "the receiver answers NUMBER", silent: true, play: func(p *player, s Sentence) (reply, error) {
		return reply{}, p.receiverAnswers(s.number("NUMBER"), -1)
	}},
	{Shape: "the receiver answers NUMBER for K requests", silent: true, play: func(p *player, s Sentence) (reply, error) {
		if err := checkNumber(s.of("K")); err != nil {
			return reply{}, err
		}
		return reply{}, p.receiverAnswers(s.number("NUMBER"), atoi(s.of("K")))
	}},
	{Shape: "show what the receiver got", Parts: []string{"with headers WORDS..."}, asks: true, play: (*player).showReceived},
	{Shape: "show the webhook runs of APP N → PROVIDER", asks: true, play: (*player).showRuns},
	{Shape: "show the webhook logs of APP N → PROVIDER", asks: true, play: (*player).showLogs},
	{Shape: "show the webhook status of APP → PROVIDER", asks: true, play: (*player).showStatus},
}

// receiverAnswers has the receiver answer otherwise from here on. What is under
// way still gets the answer of before.
func (p *player) receiverAnswers(status, times int) error {
	if err := p.waitForWebhooks(); err != nil {
		return err
	}
	p.receiver.answer(status, times)
	return nil
}

// checkEvents lets names of events pass that there are not: how the broker
// takes them is worth a story.
func checkEvents(text string) error {
	if slices.Contains(eventsIn(text), "") {
		return fmt.Errorf("%q names no events, joined by and", text)
	}
	return nil
}

func eventsIn(text string) []string {
	names := strings.Split(" "+text+" ", " and ")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}

func (p *player) webhook(name string) string {
	if uuid, known := p.webhooks[name]; known {
		return uuid
	}
	return name
}

func (p *player) createWebhook(s Sentence) (reply, error) {
	got, err := p.send(http.MethodPost, "/webhooks", p.webhookBody(s))
	if err == nil && got.status < 300 {
		p.webhooks[s.of("NAME")] = got.doc.text("uuid")
	}
	return got, err
}

func (p *player) changeWebhook(s Sentence) (reply, error) {
	return p.send(http.MethodPut, path("/webhooks/%s", p.webhook(s.of("NAME"))), p.webhookBody(s))
}

func (p *player) webhookBody(s Sentence) map[string]any {
	request := map[string]any{"method": "POST", "url": p.receiver.url() + "/hook"}
	for _, calls := range s.all("calls METHOD URL...") {
		request["method"], request["url"] = calls["METHOD"], p.receiver.expand(calls["URL"])
	}
	headers := map[string]any{}
	for _, header := range s.all("header NAME: VALUE") {
		headers[header["NAME"]] = header["VALUE"]
	}
	if len(headers) > 0 {
		request["headers"] = headers
	}
	for _, body := range s.all("body: JSON") {
		request["body"] = rawJSON(body["JSON"])
	}
	for _, body := range s.all("text: TEXT") {
		request["body"] = body["TEXT"]
	}
	for _, user := range s.all("user NAME with password PASSWORD") {
		request["username"], request["password"] = user["NAME"], user["PASSWORD"]
	}
	out := map[string]any{"description": s.of("NAME"), "request": request, "enabled": !s.has("disabled")}
	if s.of("EVENTS") != "" {
		events := []any{}
		for _, name := range eventsIn(s.of("EVENTS")) {
			events = append(events, map[string]any{"name": name})
		}
		out["events"] = events
	}
	for _, side := range []string{"consumer", "provider"} {
		about := map[string]any{}
		if s.has(side + " APP") {
			about["name"] = s.get(side + " APP")
		}
		if s.has(side + "s labelled LABEL") {
			about["label"] = s.get(side + "s labelled LABEL")
		}
		if len(about) > 0 {
			out[side] = about
		}
	}
	return out
}

func webhookTitles(doc object) []string {
	var out []string
	for _, link := range doc.list("_links", "pb:webhooks") {
		out = append(out, link.text("name")+": "+link.text("title"))
	}
	return out
}

func webhookLines(doc object) []string {
	out := []string{doc.text("description")}
	for _, side := range []string{"consumer", "provider"} {
		if name := doc.text(side, "name"); name != "" {
			out = append(out, side+" "+name)
		}
		if label := doc.text(side, "label"); label != "" {
			out = append(out, side+"s labelled "+label)
		}
	}
	out = append(out, "on "+strings.Join(namesOf("events")(doc), " and "), doc.text("request", "method")+" "+doc.text("request", "url"))
	headers, _ := doc.at("request", "headers").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		out = append(out, "header "+name+": "+fmt.Sprint(headers[name]))
	}
	if user := doc.text("request", "username"); user != "" {
		out = append(out, "user "+user+" with password "+doc.text("request", "password"))
	}
	if body := doc.text("request", "body"); body != "" {
		out = append(out, "body "+body)
	}
	if doc.at("enabled") == false {
		out = append(out, "disabled")
	}
	return out
}

// executeWebhook shows what a test of a webhook sent and what came back.
func (p *player) executeWebhook(s Sentence) (reply, error) {
	got, err := p.send(http.MethodPost, path("/webhooks/%s/execute", p.webhook(s.of("NAME"))), map[string]any{})
	if err != nil || got.status >= 300 {
		return got, err
	}
	got.lines = []string{"success: " + got.doc.text("success")}
	if status := got.doc.text("response", "status"); status != "" {
		got.lines = append(got.lines, "answered "+status+": "+got.doc.text("response", "body"))
	}
	for _, keys := range [][]string{{"message"}, {"error", "message"}} {
		if text := got.doc.text(keys...); text != "" {
			got.lines = append(got.lines, text)
		}
	}
	got.lines = append(got.lines, "sent "+got.doc.text("request", "url")+" "+got.doc.text("request", "body"))
	return got, nil
}

func (p *player) showReceived(s Sentence) (reply, error) {
	if err := p.waitForWebhooks(); err != nil {
		return reply{}, err
	}
	return reply{lines: p.receiver.take(s.list("with headers WORDS..."))}, nil
}

// patience is how long a story waits for webhooks, in real time.
const patience = 20 * time.Second

// waitForWebhooks waits until every webhook that a pact of the story set off has
// been delivered or given up.
func (p *player) waitForWebhooks() error {
	for until := time.Now().Add(patience); ; {
		busy, err := p.busy()
		if err != nil || !busy {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("webhooks are still under way after %s", patience)
		}
		select {
		case <-p.ctx.Done():
			return p.ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (p *player) busy() (bool, error) {
	for _, address := range p.published {
		got, err := p.send(http.MethodGet, address+"/triggered-webhooks", nil)
		if err != nil {
			return false, err
		}
		for _, run := range got.doc.list("_embedded", "triggeredWebhooks") {
			if status := run.text("status"); status == "not_run" || status == "retrying" {
				return true, nil
			}
		}
	}
	return false, nil
}

func (p *player) runsOf(s Sentence) ([]object, error) {
	if err := p.waitForWebhooks(); err != nil {
		return nil, err
	}
	got, err := p.get(path(pairPath+"/version/%s/triggered-webhooks", s.of("PROVIDER"), s.of("APP"), s.of("N")))
	return got.doc.list("_embedded", "triggeredWebhooks"), err
}

func (p *player) showRuns(s Sentence) (reply, error) {
	runs, err := p.runsOf(s)
	out := reply{lines: []string{}}
	for _, run := range runs {
		out.lines = append(out.lines, runLine(run))
	}
	return out, err
}

func runLine(run object) string {
	name := run.text("name")
	if name == "" {
		name = "a webhook that is gone"
	}
	return fmt.Sprintf("%s on %s: %s after %s attempts", name, run.text("eventName"), run.text("status"), run.text("attemptsMade"))
}

// showLogs shows the logs of all runs, without their times.
func (p *player) showLogs(s Sentence) (reply, error) {
	runs, err := p.runsOf(s)
	out := reply{lines: []string{}}
	for _, run := range runs {
		logs, err := p.get(run.text("_links", "pb:logs", "href"))
		if err != nil {
			return out, err
		}
		for _, attempt := range logs.doc.list("executions") {
			for _, line := range texts(attempt.text("logs")) {
				_, line, _ = strings.Cut(line, "] ")
				if !strings.HasPrefix(line, "INFO: date:") {
					out.lines = append(out.lines, line)
				}
			}
		}
	}
	return out, err
}

func (p *player) showStatus(s Sentence) (reply, error) {
	if err := p.waitForWebhooks(); err != nil {
		return reply{}, err
	}
	got, err := p.get(path(pairPath+"/webhooks/status", s.of("PROVIDER"), s.of("APP")))
	got.lines = []string{"summary: " + got.doc.text("summary")}
	for _, run := range got.doc.list("_embedded", "triggeredWebhooks") {
		got.lines = append(got.lines, runLine(run))
	}
	return got, err
}
