package web_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMapCanBeSavedAsAFile(t *testing.T) {
	t.Parallel()
	base := standing(t)
	status, header, text := ask(t, "GET", base+"/ui/map/svg", browserAccept, nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "image/svg+xml; charset=utf-8", header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="map.svg"`, header.Get("Content-Disposition"))
	require.Equal(t, "default-src 'none'; frame-ancestors 'none'; sandbox", header.Get("Content-Security-Policy"))
	require.Contains(t, text, ">store front</text>")
	require.Contains(t, text, `<a href="`+base+`/ui/map?application=catalog"`, "it leads to its broker")
	require.NotContains(t, text, `href="/`)
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, "it is XML")
		if element, isOne := token.(xml.StartElement); isOne {
			require.NotEqual(t, "bdi", element.Name.Local, "SVG has no such element")
			for _, a := range element.Attr {
				require.NotEqual(t, "style", a.Name.Local)
			}
		}
	}
	status, header, text = ask(t, "GET", base+"/ui/map/mermaid?application=catalog", browserAccept, nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "text/plain; charset=utf-8", header.Get("Content-Type"))
	require.Contains(t, text, `["store front"]`)
	for path, want := range map[string]int{"/ui/map/dot": http.StatusNotFound, "/ui/map/svg?application=nobody": http.StatusNotFound, "/ui/map/mermaid?application=catlog": http.StatusNotFound} {
		status, _, text = ask(t, "GET", base+path, browserAccept, nil)
		require.Equal(t, want, status, path)
		require.Contains(t, text, "<html", path)
	}
}

func TestTheMapIsATableToo(t *testing.T) {
	t.Parallel()
	p := look(t, `
		pact   Shop 1 -> Stock
		verify Stock 1 : Shop 1 failed
		pact   Shop 1 -> Mail
		deploy Shop 1 prod
		deploy Stock 1 prod
	`)
	text := words(p.Page("/ui/map"))
	require.Contains(t, text, "1 of 2 pairs fails, and 1 is not proven.")
	require.Contains(t, text, "Shop Stock ✗ failed fails: the newest · prod contract · matrix")
	require.Contains(t, text, "Shop Mail ? not verified not proven: the newest contract · matrix")
	require.Contains(t, p.Page("/ui/map"), `<svg xmlns="http://www.w3.org/2000/svg"`)
	failing := words(p.Page("/ui/map?failing=1"))
	require.Contains(t, failing, "1 of 2 pairs fails, and 1 is not proven.")
	require.NotContains(t, failing, "Mail ? not verified")
	around := words(p.Page("/ui/map?application=" + p.Name("Mail") + "&depth=1"))
	require.Contains(t, around, "None of 1 pair fails, and 1 is not proven.")
	require.NotContains(t, around, "Shop Stock")
	require.Contains(t, words(p.Page("/ui/map?application=nobody")), "There is no application named")
}
