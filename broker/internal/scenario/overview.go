package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// overviewWords are about the whole of a broker.
var overviewWords = []Word{
	{Shape: "show all integrations", Parts: ofList, asks: true, play: showing(integrationLines, "/integrations")},
	{Shape: "delete integration APP → PROVIDER", play: byPath(http.MethodDelete, "/integrations/provider/%s/consumer/%s", "PROVIDER", "APP")},
	{Shape: "delete all integrations", play: byPath(http.MethodDelete, "/integrations")},
	{Shape: "show the group of APP", asks: true, play: showGroup("/groups/%s", "APP")},
	{Shape: "show all relationships", asks: true, play: showGroup("/relationships")},
	{Shape: "show the dashboard", asks: true, play: showing(dashboardLines, "/dashboard")},
	{Shape: "show the dashboard of APP → PROVIDER", asks: true, play: showing(dashboardLines, "/dashboard/provider/%s/consumer/%s", "PROVIDER", "APP")},
	{Shape: "show the metrics", asks: true, play: showing(metricLines, "/metrics")},
}

func integrationLines(doc object) []string {
	var out []string
	for _, i := range doc.list("_embedded", "integrations") {
		out = append(out, i.text("consumer", "name")+" → "+i.text("provider", "name"))
	}
	return out
}

// showGroup shows who is connected with whom, by name: the answer has numbers.
func showGroup(format string, places ...string) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		got, err := p.get(path(format, valuesOf(s, places)...))
		got.lines = []string{}
		names := map[string]string{}
		var rows [][]string
		for _, line := range texts(got.text) {
			cells := strings.Split(line, ",")
			if len(cells) < 6 {
				return got, fmt.Errorf("%q is not a row of a group", line)
			}
			rows, names[cells[0]] = append(rows, cells), cells[1]
		}
		for _, cells := range rows {
			line := cells[1]
			for _, id := range cells[6:] {
				if id != "0" {
					line += " → " + names[id]
				}
			}
			got.lines = append(got.lines, line)
		}
		return got, err
	}
}

func dashboardLines(doc object) []string {
	var out []string
	for _, item := range doc.list("items") {
		line := item.text("consumer", "name") + " " + item.text("consumer", "version", "number")
		if branch := item.text("consumer", "version", "branch"); branch != "" {
			line += " of " + branch
		}
		line += " → " + item.text("provider", "name")
		if number := item.text("provider", "version", "number"); number != "" {
			line += " " + number
		}
		line += ": " + item.text("verificationStatus")
		if tags := namesOf("pactTags")(item); len(tags) > 0 {
			line += ", tags " + strings.Join(tags, " ")
		}
		out = append(out, line)
	}
	return out
}

// metricLines are the counts that are not zero.
func metricLines(doc object) []string {
	var out []string
	for _, subject := range slices.Sorted(maps.Keys(doc)) {
		counts, _ := doc[subject].(map[string]any)
		line := subject + ":"
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			switch value := counts[name].(type) {
			case json.Number:
				if count, err := value.Int64(); err == nil && count > 0 {
					line += fmt.Sprintf(" %s %v", name, value)
				}
			case map[string]any:
				for _, n := range slices.Sorted(maps.Keys(value)) {
					line += fmt.Sprintf(" %v with %s", value[n], n)
				}
			}
		}
		if line != subject+":" {
			out = append(out, line)
		}
	}
	return out
}
