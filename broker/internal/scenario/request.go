package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/internal/exact"
)

// reply is what the broker answered.
type reply struct {
	status int
	header http.Header
	text   string
	doc    object
	// lines are the answer as a story shows it; nil if status and sentences are
	// all there is to say.
	lines []string
}

// object is a JSON object of an answer.
type object map[string]any

// at follows keys into the object; nil if there is nothing.
func (o object) at(keys ...string) any {
	var value any = map[string]any(o)
	for _, key := range keys {
		inside, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = inside[key]
	}
	return value
}

// text is the text at the end of the keys, as a person writes it.
func (o object) text(keys ...string) string {
	switch value := o.at(keys...).(type) {
	case nil:
		return ""
	case string:
		return value
	default:
		text, _ := json.Marshal(value)
		return string(text)
	}
}

// list is the objects in the list at the end of the keys.
func (o object) list(keys ...string) []object {
	items, _ := o.at(keys...).([]any)
	var out []object
	for _, item := range items {
		inside, _ := item.(map[string]any)
		out = append(out, inside)
	}
	return out
}

// refusal is an answer that ends a sentence early, as an error.
type refusal struct{ reply reply }

func (r *refusal) Error() string {
	return "it was to succeed, and the broker answered:\n" + strings.Join(r.reply.told(), "\n")
}

// send sends a request. A body is JSON unless it is text already.
func (p *player) send(method, path string, body any) (reply, error) {
	var reader io.Reader = http.NoBody
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		reader = bytes.NewReader(text)
	}
	address := path
	if !strings.HasPrefix(path, "http") {
		address = p.app.URL() + path
	}
	request, err := http.NewRequestWithContext(p.ctx, method, address, reader)
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Accept", "application/hal+json, application/json, */*;q=0.1")
	if body != nil {
		request.Header.Set("Content-Type", contentTypes[method])
	}
	return p.do(request)
}

var contentTypes = map[string]string{
	http.MethodPost: "application/json", http.MethodPut: "application/json", http.MethodPatch: "application/merge-patch+json",
	http.MethodDelete: "application/json",
}

func (p *player) do(request *http.Request) (reply, error) {
	response, err := p.http.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	out := reply{status: response.StatusCode, header: response.Header, text: string(text)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") && len(text) > 0 {
		if err := exact.Decode(text, &out.doc); err != nil {
			return out, fmt.Errorf("%s %s: the answer is not a JSON object: %w", request.Method, request.URL.Path, err)
		}
	}
	if response.StatusCode >= 500 {
		return out, fmt.Errorf("%s %s: %s: %s", request.Method, request.URL.Path, response.Status, text)
	}
	return out, nil
}

// get asks for something that has to be there: else the sentence ends.
func (p *player) get(path string) (reply, error) {
	got, err := p.send(http.MethodGet, path, nil)
	if err == nil && got.status >= 300 {
		return got, &refusal{got}
	}
	return got, err
}

// told is status and sentences of the reply.
func (r reply) told() []string {
	out := []string{fmt.Sprintf("%d %s", r.status, http.StatusText(r.status))}
	out = append(out, r.problems()...)
	return append(out, r.notices()...)
}

func (r reply) notices() []string {
	var out []string
	for _, n := range r.doc.list("notices") {
		out = append(out, texts("["+n.text("type")+"] "+n.text("text"))...)
	}
	return out
}

// leaveOut takes notices out of the reply that a story does not ask about.
func (r reply) leaveOut(unwanted func(level, text string) bool) {
	items, _ := r.doc["notices"].([]any)
	r.doc["notices"] = slices.DeleteFunc(items, func(item any) bool {
		n, _ := item.(map[string]any)
		return unwanted(object(n).text("type"), object(n).text("text"))
	})
}

// problems are the sentences of an answer that refuses something.
func (r reply) problems() []string {
	if r.status < 400 {
		return nil
	}
	var out []string
	if message, ok := r.doc["error"].(string); ok {
		out = append(out, texts(message)...)
	}
	out = append(out, texts(r.doc.text("error", "message"))...)
	switch errors := r.doc["errors"].(type) {
	case []any:
		for _, e := range errors {
			out = append(out, texts(fmt.Sprint(e))...)
		}
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(errors)) {
			for _, message := range asTexts(errors[field]) {
				// A conflict tells the same among its notices.
				if len(r.doc.list("notices")) == 0 {
					out = append(out, texts(field+": "+message)...)
				}
			}
		}
	}
	if len(r.doc) == 0 && r.text != "" {
		out = append(out, texts(r.text)...)
	}
	return out
}

func asTexts(value any) []string {
	switch v := value.(type) {
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, asTexts(item)...)
		}
		return out
	case string:
		return []string{v}
	}
	text, _ := json.Marshal(value)
	return []string{string(text)}
}

// texts are the lines of a text, without those that are empty.
func texts(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimRight(line, " \t\r"); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// path builds the path of an address. Each %s stands for a name.
func path(format string, names ...string) string {
	escaped := make([]any, len(names))
	for i, name := range names {
		escaped[i] = url.PathEscape(name)
	}
	return fmt.Sprintf(format, escaped...)
}

// names are what chance or digests made, by when an answer named it first.
type names struct{ contents []string }

var (
	digest       = regexp.MustCompile(`\b[0-9a-f]{40}\b`)
	metadataPart = regexp.MustCompile(`/metadata/[A-Za-z0-9_=-]+`)
	uuidPattern  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// scrub takes out of lines what differs from run to run.
func (n *names) scrub(p *player, lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if p.app != nil {
			line = strings.ReplaceAll(line, p.app.URL(), "http://broker")
		}
		line = strings.ReplaceAll(line, p.receiver.url(), "http://receiver")
		line = strings.ReplaceAll(line, strings.TrimPrefix(p.receiver.url(), "http://"), "receiver")
		line = metadataPart.ReplaceAllString(line, "/metadata/{metadata}")
		line = uuidPattern.ReplaceAllString(line, "{uuid}")
		out[i] = digest.ReplaceAllStringFunc(line, n.content)
	}
	return out
}

func (n *names) content(sha string) string {
	at := slices.Index(n.contents, sha)
	if at < 0 {
		at, n.contents = len(n.contents), append(n.contents, sha)
	}
	return fmt.Sprintf("{content %d}", at+1)
}
