package scenario

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	appPath     = "/pacticipants/%s"
	versionPath = appPath + "/versions/%s"
	branchPath  = appPath + "/branches/%s"
)

var ofApplication = []string{"main branch BRANCH", "shown as NAME", "repository URL", "described by FIELD: TEXT*"}

// registryWords are about applications, versions, branches, tags and labels.
var registryWords = []Word{
	{Shape: "application APP", Parts: ofApplication, play: (*player).createApplication},
	{Shape: "change application APP", Parts: append([]string{"no main branch"}, ofApplication...), play: (*player).changeApplication},
	{Shape: "delete application APP", play: byPath(http.MethodDelete, appPath, "APP")},
	{Shape: "show application APP", asks: true, play: showing(applicationLines, appPath, "APP")},
	{Shape: "show all applications", Parts: ofList, asks: true, play: showing(namesOf("_embedded", "pacticipants"), "/pacticipants")},
	{Shape: "show all applications labelled LABEL", Parts: ofList, asks: true, play: showing(namesOf("_embedded", "pacticipants"), "/pacticipants/label/%s", "LABEL")},

	{Shape: "version APP N", Parts: []string{"branch BRANCH", "tags WORDS...", "build URL"}, play: (*player).version},
	{Shape: "delete version APP N", play: byPath(http.MethodDelete, versionPath, "APP", "N")},
	{Shape: "replace the tags of APP N by WORDS...", play: func(p *player, s Sentence) (reply, error) {
		tags := []any{}
		for _, tag := range strings.Fields(s.of("WORDS")) {
			tags = append(tags, map[string]any{"name": tag})
		}
		return p.send(http.MethodPatch, path(versionPath, s.of("APP"), s.of("N")), map[string]any{"tags": tags})
	}},
	{Shape: "show version APP N", asks: true, play: showing(oneVersion, versionPath, "APP", "N")},
	{Shape: "show all versions of APP", Parts: ofList, asks: true, play: showing(versionLines, appPath+"/versions", "APP")},
	{Shape: "show the versions of APP on branch BRANCH", Parts: ofList, asks: true, play: showing(versionLines, branchPath+"/versions", "APP", "BRANCH")},
	{Shape: "show the versions of APP with tag TAG", Parts: ofList, asks: true, play: showing(versionLines, appPath+"/tags/%s/versions", "APP", "TAG")},
	{Shape: "show the versions of APP in environment ENV", asks: true, play: func(p *player, s Sentence) (reply, error) {
		got, err := p.get(path(appPath+"/environments/%s/versions", s.of("APP"), p.environment(s.of("ENV"))))
		got.lines = append([]string{}, versionLines(got.doc)...)
		return got, err
	}},
	{Shape: "show the latest version of APP", asks: true, play: showing(oneVersion, appPath+"/latest-version", "APP")},
	{Shape: "show the latest version of APP with tag TAG", asks: true, play: showing(oneVersion, appPath+"/latest-version/%s", "APP", "TAG")},
	{Shape: "show the latest version of APP on branch BRANCH", asks: true, play: showing(oneVersion, branchPath+"/latest-version", "APP", "BRANCH")},

	{Shape: "put APP N on branch BRANCH", play: (*player).putOnBranch},
	{Shape: "take APP N off branch BRANCH", play: byPath(http.MethodDelete, branchPath+"/versions/%s", "APP", "BRANCH", "N")},
	{Shape: "delete branch BRANCH of APP", play: byPath(http.MethodDelete, branchPath, "APP", "BRANCH")},
	{Shape: "delete all branches of APP", play: (*player).deleteBranches},
	{Shape: "delete all branches of APP except WORDS...", play: (*player).deleteBranches},
	{Shape: "show the branches of APP", Parts: ofList, asks: true, play: (*player).showBranches},

	{Shape: "tag APP N TAG", play: func(p *player, s Sentence) (reply, error) {
		return p.send(http.MethodPut, path(versionPath+"/tags/%s", s.of("APP"), s.of("N"), s.of("TAG")), map[string]any{})
	}},
	{Shape: "untag APP N TAG", play: byPath(http.MethodDelete, versionPath+"/tags/%s", "APP", "N", "TAG")},

	{Shape: "label APP LABEL", play: func(p *player, s Sentence) (reply, error) {
		return p.send(http.MethodPut, path(appPath+"/labels/%s", s.of("APP"), s.of("LABEL")), map[string]any{})
	}},
	{Shape: "unlabel APP LABEL", play: byPath(http.MethodDelete, appPath+"/labels/%s", "APP", "LABEL")},
	{Shape: "show all labels", Parts: ofList, asks: true, play: showing(namesOf("_embedded", "labels"), "/labels")},
}

func namesOf(keys ...string) func(object) []string {
	return func(doc object) []string {
		var out []string
		for _, item := range doc.list(keys...) {
			out = append(out, item.text("name"))
		}
		return out
	}
}

func applicationBody(s Sentence) map[string]any {
	body := map[string]any{}
	for key, shape := range map[string]string{"mainBranch": "main branch BRANCH", "displayName": "shown as NAME", "repositoryUrl": "repository URL"} {
		if s.has(shape) {
			body[key] = s.get(shape)
		}
	}
	for _, more := range s.all("described by FIELD: TEXT") {
		body[more["FIELD"]] = more["TEXT"]
	}
	return body
}

func (p *player) createApplication(s Sentence) (reply, error) {
	body := applicationBody(s)
	body["name"] = s.of("APP")
	return p.send(http.MethodPost, "/pacticipants", body)
}

func (p *player) changeApplication(s Sentence) (reply, error) {
	body := applicationBody(s)
	if s.has("no main branch") {
		body["mainBranch"] = nil
	}
	return p.send(http.MethodPatch, path(appPath, s.of("APP")), body)
}

func applicationLines(doc object) []string {
	out := []string{doc.text("name")}
	for _, field := range []struct{ name, title string }{{"displayName", "shown as"}, {"mainBranch", "main branch"}, {"repositoryUrl", "repository"}} {
		if text := doc.text(field.name); text != "" {
			out = append(out, field.title+" "+text)
		}
	}
	if latest := doc.text("_embedded", "latestVersion", "number"); latest != "" {
		out = append(out, "latest version "+latest)
	}
	if labels := namesOf("_embedded", "labels")(doc); len(labels) > 0 {
		out = append(out, "labels "+strings.Join(labels, ", "))
	}
	return out
}

func (p *player) version(s Sentence) (reply, error) {
	body := map[string]any{}
	if s.has("build URL") {
		body["buildUrl"] = s.get("build URL")
	}
	got, err := p.send(http.MethodPut, path(versionPath, s.of("APP"), s.of("N")), body)
	if err != nil || got.status >= 300 {
		return got, err
	}
	return got, p.describe(s.of("APP"), s.of("N"), s.get("branch BRANCH"), s.list("tags WORDS..."))
}

// describe puts a version on a branch and gives it tags, as clients do before
// they publish what they found.
func (p *player) describe(app, number, branch string, tags []string) error {
	var addresses []string
	if branch != "" {
		addresses = append(addresses, path(branchPath+"/versions/%s", app, branch, number))
	}
	for _, tag := range tags {
		addresses = append(addresses, path(versionPath+"/tags/%s", app, number, tag))
	}
	for _, address := range addresses {
		got, err := p.send(http.MethodPut, address, map[string]any{})
		if err != nil {
			return err
		}
		if got.status >= 300 {
			return &refusal{got}
		}
	}
	return nil
}

func (p *player) putOnBranch(s Sentence) (reply, error) {
	return p.send(http.MethodPut, path(branchPath+"/versions/%s", s.of("APP"), s.of("BRANCH"), s.of("N")), map[string]any{})
}

func (p *player) deleteBranches(s Sentence) (reply, error) {
	query := url.Values{}
	for _, name := range strings.Fields(s.of("WORDS")) {
		query.Add("exclude[]", name)
	}
	return p.send(http.MethodDelete, path(appPath+"/branches", s.of("APP"))+"?"+query.Encode(), nil)
}

// showBranches shows each branch with its head.
func (p *player) showBranches(s Sentence) (reply, error) {
	got, err := p.get(path(appPath+"/branches", s.of("APP")) + listQuery(s))
	if err != nil {
		return got, err
	}
	got.lines = []string{}
	for _, name := range namesOf("_embedded", "branches")(got.doc) {
		head, err := p.send(http.MethodGet, path(branchPath+"/latest-version", s.of("APP"), name), nil)
		if err != nil {
			return got, err
		}
		number := head.doc.text("number")
		if head.status >= 300 {
			number = "no version"
		}
		got.lines = append(got.lines, name+": "+number)
	}
	return got, nil
}

func oneVersion(doc object) []string { return []string{versionLine(doc)} }

func versionLines(doc object) []string {
	var out []string
	for _, v := range doc.list("_embedded", "versions") {
		out = append(out, versionLine(v))
	}
	return out
}

// versionLine is a version with all that it is called and where it is.
func versionLine(doc object) string {
	out := []string{doc.text("number")}
	for _, b := range doc.list("_embedded", "branchVersions") {
		text := "on branch " + b.text("name")
		if b.at("latest") == true {
			text += " (its head)"
		}
		out = append(out, text)
	}
	if tags := namesOf("_embedded", "tags")(doc); len(tags) > 0 {
		slices.Sort(tags)
		out = append(out, "tags "+strings.Join(tags, " "))
	}
	for _, place := range []struct{ rel, state, now, before string }{
		{"pb:deployed-environments", "currently_deployed", "deployed to", "once deployed to"},
		{"pb:released-environments", "currently_supported", "released in", "once released in"},
	} {
		for _, link := range doc.list("_links", place.rel) {
			text := place.now
			if link.at(place.state) == false {
				text = place.before
			}
			out = append(out, text+" "+link.text("name"))
		}
	}
	for _, link := range doc.list("_links", "pb:pact-versions") {
		out = append(out, "pact with "+pactTitle.ReplaceAllString(link.text("name"), "$3"))
	}
	if build := doc.text("buildUrl"); build != "" {
		out = append(out, "build "+build)
	}
	return strings.Join(out, ", ")
}
