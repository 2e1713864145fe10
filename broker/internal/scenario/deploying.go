package scenario

import (
	"errors"
	"net/http"
	"net/url"
)

var ofInstance = []string{"instance INSTANCE", "target INSTANCE"}

// deployingWords are about environments, deployments and releases.
var deployingWords = []Word{
	{Shape: "environment ENV", Parts: []string{"for production", "shown as NAME"}, play: (*player).createEnvironment},
	{Shape: "rename environment ENV to NAME", Parts: []string{"for production", "shown as NAME"}, play: (*player).renameEnvironment},
	{Shape: "delete environment ENV", play: func(p *player, s Sentence) (reply, error) {
		return p.send(http.MethodDelete, path("/environments/%s", p.environment(s.of("ENV"))), nil)
	}},
	{Shape: "show all environments", asks: true, play: showing(environmentLines, "/environments")},

	{Shape: "record deployment APP N to ENV", Parts: ofInstance, play: (*player).deploy},
	{Shape: "record undeployment APP N from ENV", Parts: ofInstance, play: (*player).undeploy},
	{Shape: "declare APP N deployed again to ENV", play: changeRecord("deployed-versions", "deployedVersions", map[string]any{"currentlyDeployed": true})},
	{Shape: "say nothing new about the deployment APP N to ENV", play: changeRecord("deployed-versions", "deployedVersions", map[string]any{})},
	{Shape: "show deployments in ENV", Parts: append([]string{"of APP", "no instance"}, ofInstance...), asks: true, play: (*player).showDeployed},
	{Shape: "show deployments of APP N in ENV", asks: true, play: showRecords("deployed-versions", "deployedVersions")},

	{Shape: "record release APP N to ENV", play: (*player).release},
	{Shape: "record support ended APP N in ENV", play: changeRecord("released-versions", "releasedVersions", map[string]any{"currentlySupported": false})},
	{Shape: "declare APP N supported again in ENV", play: changeRecord("released-versions", "releasedVersions", map[string]any{"currentlySupported": true})},
	{Shape: "show releases in ENV", Parts: []string{"of APP", "version N"}, asks: true, play: (*player).showReleased},
	{Shape: "show releases of APP N in ENV", asks: true, play: showRecords("released-versions", "releasedVersions")},
}

// environment is the UUID of an environment or, of one that no line made, its
// name.
func (p *player) environment(name string) string {
	if uuid, known := p.environments[name]; known {
		return uuid
	}
	return name
}

func environmentBody(name string, s Sentence) map[string]any {
	body := map[string]any{"name": name, "production": s.has("for production")}
	if s.has("shown as NAME") {
		body["displayName"] = s.get("shown as NAME")
	}
	return body
}

func (p *player) createEnvironment(s Sentence) (reply, error) {
	got, err := p.send(http.MethodPost, "/environments", environmentBody(s.of("ENV"), s))
	if err == nil && got.status < 300 {
		p.environments[s.of("ENV")] = got.doc.text("uuid")
	}
	return got, err
}

func (p *player) renameEnvironment(s Sentence) (reply, error) {
	uuid := p.environment(s.of("ENV"))
	got, err := p.send(http.MethodPut, path("/environments/%s", uuid), environmentBody(s.of("NAME"), s))
	if err == nil && got.status < 300 {
		p.environments[s.of("NAME")] = uuid
	}
	return got, err
}

func environmentLines(doc object) []string {
	var out []string
	for _, e := range doc.list("_embedded", "environments") {
		line := e.text("name") + ", shown as " + e.text("displayName")
		if e.at("production") == true {
			line += ", for production"
		}
		out = append(out, line)
	}
	return out
}

func (p *player) recordPath(s Sentence, kind string) string {
	return path(versionPath+"/%s/environment/%s", s.of("APP"), s.of("N"), kind, p.environment(s.of("ENV")))
}

func (p *player) deploy(s Sentence) (reply, error) {
	body := map[string]any{}
	for key, shape := range map[string]string{"applicationInstance": "instance INSTANCE", "target": "target INSTANCE"} {
		if s.has(shape) {
			body[key] = s.get(shape)
		}
	}
	return p.send(http.MethodPost, p.recordPath(s, "deployed-versions"), body)
}

func (p *player) release(s Sentence) (reply, error) {
	return p.send(http.MethodPost, p.recordPath(s, "released-versions"), map[string]any{})
}

// undeploy ends the deployment of the version on the instance, as the command
// line does: by what is deployed there now.
func (p *player) undeploy(s Sentence) (reply, error) {
	instance := s.get("instance INSTANCE") + s.get("target INSTANCE")
	got, err := p.get(path("/environments/%s/deployed-versions/currently-deployed", p.environment(s.of("ENV"))) +
		"?" + url.Values{"pacticipant": {s.of("APP")}}.Encode())
	if err != nil {
		return got, err
	}
	for _, record := range got.doc.list("_embedded", "deployedVersions") {
		if record.text("_embedded", "version", "number") == s.of("N") && record.text("applicationInstance") == instance {
			return p.send(http.MethodPatch, path("/deployed-versions/%s", record.text("uuid")), map[string]any{"currentlyDeployed": false})
		}
	}
	return got, errors.New("the version is not deployed there")
}

// changeRecord changes the last record of a version in an environment.
func changeRecord(kind, member string, change map[string]any) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		got, err := p.get(p.recordPath(s, kind))
		if err != nil {
			return got, err
		}
		records := got.doc.list("_embedded", member)
		if len(records) == 0 {
			return got, errors.New("there is no such record")
		}
		return p.send(http.MethodPatch, path("/"+kind+"/%s", records[len(records)-1].text("uuid")), change)
	}
}

func showRecords(kind, member string) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		got, err := p.get(p.recordPath(s, kind))
		got.lines = []string{}
		for _, record := range got.doc.list("_embedded", member) {
			got.lines = append(got.lines, recordLine(record))
		}
		return got, err
	}
}

func recordLine(record object) string {
	line := ""
	if number := record.text("_embedded", "version", "number"); number != "" {
		line = record.text("_embedded", "pacticipant", "name") + " " + number + ", "
	}
	if instance := record.text("applicationInstance"); instance != "" {
		line += "instance " + instance + ", "
	}
	line += "since " + record.text("createdAt")
	for _, end := range []string{"undeployedAt", "supportEndedAt"} {
		if at := record.text(end); at != "" {
			line += ", until " + at
		}
	}
	if record.at("currentlyDeployed") == false || record.at("currentlySupported") == false {
		line += ", no more"
	}
	return line
}

func (p *player) showDeployed(s Sentence) (reply, error) {
	query := url.Values{}
	for key, shape := range map[string]string{"pacticipant": "of APP", "applicationInstance": "instance INSTANCE", "target": "target INSTANCE"} {
		if s.has(shape) {
			query.Set(key, s.get(shape))
		}
	}
	if s.has("no instance") {
		query.Set("applicationInstance", "")
	}
	return p.showCurrent(s, "/environments/%s/deployed-versions/currently-deployed", query, "deployedVersions")
}

func (p *player) showReleased(s Sentence) (reply, error) {
	query := url.Values{}
	for key, shape := range map[string]string{"pacticipant": "of APP", "version": "version N"} {
		if s.has(shape) {
			query.Set(key, s.get(shape))
		}
	}
	return p.showCurrent(s, "/environments/%s/released-versions/currently-supported", query, "releasedVersions")
}

func (p *player) showCurrent(s Sentence, format string, query url.Values, member string) (reply, error) {
	got, err := p.get(path(format, p.environment(s.of("ENV"))) + "?" + query.Encode())
	got.lines = []string{}
	for _, record := range got.doc.list("_embedded", member) {
		got.lines = append(got.lines, recordLine(record))
	}
	return got, err
}
