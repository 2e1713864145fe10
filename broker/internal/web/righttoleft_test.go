package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/visible"
)

// hostile is a name with everything that a page must not let through: letters
// of both directions, hidden characters and markup.
const hostile = "שם-name\u200b\u202e<i>\u2066\x1b[31m "

func galleryWeb() *web {
	now := func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }
	return &web{pages: parsePages(), config: Config{Version: "1.2.3", Now: now}}
}

// TestEveryPagePutsNamesIntoIsolation fills every text of every page with a
// hostile name.
func TestEveryPagePutsNamesIntoIsolation(t *testing.T) {
	t.Parallel()
	w := galleryWeb()
	shown := map[string]bool{}
	for name, p := range gallery(w) {
		shown[p.template()] = true
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/ui/x", nil)
			w.fill(p, r)
			p := spoiled(p)
			recorder := httptest.NewRecorder()
			w.render(recorder, 200, p)
			require.Equal(t, 200, recorder.Code)
			document, err := html.Parse(recorder.Body)
			require.NoError(t, err)
			found := 0
			look(t, document, false, &found)
			require.Positive(t, found, "the page shows names")
		})
	}
	for name := range w.pages {
		require.True(t, shown[name], "the gallery lacks a page of the template %s", name)
	}
}

// spoiled is a page whose texts are all the hostile name.
func spoiled(p page) page {
	out := reflect.New(reflect.TypeOf(p).Elem())
	out.Elem().Set(reflect.ValueOf(p).Elem())
	spoil(out.Elem())
	return out.Interface().(page)
}

func spoil(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // the others hold no text
	case reflect.String:
		if v.CanSet() {
			v.SetString(hostile)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fresh := reflect.New(v.Type().Elem())
			fresh.Elem().Set(v.Elem())
			spoil(fresh.Elem())
			v.Set(fresh)
		}
	case reflect.Interface:
		if !v.IsNil() && v.CanSet() {
			fresh := reflect.New(v.Elem().Type()).Elem()
			fresh.Set(v.Elem())
			spoil(fresh)
			v.Set(fresh)
		}
	case reflect.Slice:
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		for i := range fresh.Len() {
			spoil(fresh.Index(i))
		}
		if v.CanSet() {
			v.Set(fresh)
		}
	case reflect.Struct:
		switch v.Type() { // what is Treaty's own is no name
		case reflect.TypeFor[kit.Time](), reflect.TypeFor[kit.Column]():
			return
		case reflect.TypeFor[kit.Facet]():
			spoil(v.FieldByName("Options"))
			return
		case reflect.TypeFor[kit.Filter]():
			label := "Find"
			defer func() {
				if search := v.FieldByName("Search"); !search.IsNil() {
					search.Elem().FieldByName("Label").SetString(label)
				}
			}()
		case reflect.TypeFor[kit.Link]():
			if v.FieldByName("Own").Bool() {
				return
			}
		case reflect.TypeFor[kit.Act]():
			v.FieldByName("About").SetString(hostile)
			return
		case reflect.TypeFor[kit.Verdict]():
			v.FieldByName("Word").SetString(hostile)
			return
		}
		if own, ok := v.Addr().Interface().(*base); ok {
			own.title = hostile
			return
		}
		for i := range v.NumField() {
			if field := v.Field(i); field.CanSet() {
				spoil(field)
			} else if v.Type().Field(i).Anonymous {
				spoil(reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem())
			}
		}
	}
}

// look walks a document: a name stands in <bdi>, or where no element can, and
// no hidden character is anywhere but in what programs read.
func look(t *testing.T, n *html.Node, isolated bool, found *int) {
	t.Helper()
	plain := n.Parent != nil && (n.Parent.Data == "title" || n.Parent.Data == "option" || n.Parent.Namespace == "svg")
	switch n.Type { //nolint:exhaustive // the others show nothing
	case html.TextNode:
		text := n.Data
		if plain {
			text = withoutIsolates(text)
		}
		require.NotEqual(t, "i", n.Parent.Data, "a name is not markup")
		require.Equal(t, visible.Lines(text), text, "in <%s>", n.Parent.Data)
		if strings.Contains(text, "name") && strings.Contains(text, "שם") {
			*found++
			require.True(t, isolated || plain, "a name outside of <bdi> in <%s>: %q", n.Parent.Data, text)
		}
	case html.ElementNode:
		isolated = isolated || n.Data == "bdi"
		for _, a := range n.Attr {
			if slices.Contains(readAttributes, a.Key) {
				text := withoutIsolates(a.Val)
				require.Equal(t, visible.Text(text), text, "attribute %s of <%s>", a.Key, n.Data)
			}
		}
	}
	for child := range n.ChildNodes() {
		look(t, child, isolated, found)
	}
}

// withoutIsolates takes off what a page puts around a name where no element can
// stand.
func withoutIsolates(text string) string {
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(text)
}

func TestAFormKeepsANameAsItIs(t *testing.T) {
	t.Parallel()
	w := galleryWeb()
	p := &gatePage{base: base{title: "x"}, Form: gateForm("a\u200bb", "", []string{"c\u200bd"})}
	recorder := httptest.NewRecorder()
	w.render(recorder, 200, p)
	require.Contains(t, recorder.Body.String(), "value=\"a\u200bb\"")
	require.Contains(t, recorder.Body.String(), "value=\"c\u200bd\"")
}

func TestASentenceIsNotTurnedAroundByANameInIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"catalog":                "<bdi>catalog</bdi>",
		"שלום 12 may go to test": `<bdi dir="ltr"><bdi>שלום</bdi> 12 may go to test</bdi>`,
		"שלום":                   "<bdi>שלום</bdi>",
		"שלום → עולם טוב":        `<bdi dir="ltr"><bdi>שלום</bdi> → <bdi>עולם טוב</bdi></bdi>`,
		"שלום-api":               "<bdi>שלום-api</bdi>",
		"a\u200bb":               `<bdi>a<span class="hidden" title="zero width space">U+200B</span>b</bdi>`,
		"<b>&\"":                 `<bdi>&lt;b&gt;&amp;&#34;</bdi>`,
	} {
		require.Equal(t, want, string(isolated(text)))
	}
	require.Equal(t, `<bdi dir="ltr">{`+"\n\t"+`&#34;a&#34;: 1<span class="hidden" title="carriage return">U+000D</span>}</bdi>`,
		string(isolatedLines("{\n\t\"a\": 1\r}")))
	require.Equal(t, fmt.Sprint(7), fmt.Sprint(asPlain(7)))
}

// Commits in sentences are cut short, each with the whole in its title; nothing
// else is, and not what is compared.
func TestCommitsInSentencesAreCutShort(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("0123456789abcdef", 4)
	for text, want := range map[string]string{
		"version " + wholeCommit + " of a": `<bdi>version <abbr title="` + wholeCommit + `">` + wholeCommit[:10] + `</abbr> of a</bdi>`,
		"(" + digest + ")":                 `<bdi>(<abbr title="` + digest + `">0123456789</abbr>)</bdi>`,
		"x" + wholeCommit:                  "<bdi>x" + wholeCommit + "</bdi>",
		wholeCommit + "0":                  "<bdi>" + wholeCommit + "0</bdi>",
		"<b>":                              "<bdi>&lt;b&gt;</bdi>",
	} {
		require.Equal(t, want, fmt.Sprint(brief(text)))
	}
	w := galleryWeb()
	p := &resultPage{base: base{title: "x"}, Counts: "1", Failures: []kit.Interaction{{Open: true, Why: kit.Comparison{{Where: "a", Expected: wholeCommit, Actual: wholeCommit[:39] + "8"}}}}}
	recorder := httptest.NewRecorder()
	w.render(recorder, 200, p)
	require.Contains(t, recorder.Body.String(), wholeCommit[:39]+"8</bdi></code>")
}
