package contract_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func contentType(t testing.TB, s string) contract.ContentType {
	t.Helper()
	c, err := contract.ParseContentType(s)
	require.NoError(t, err, s)
	return c
}

func TestContentTypesHaveParts(t *testing.T) {
	t.Parallel()
	c := contentType(t, ` Application/VND.api+JSON ; Charset="UTF-8"; q ; a="x;\"y" `)
	require.Equal(t, contract.ContentType{
		Main: "application", Sub: "vnd.api", Suffix: "json",
		Params: map[string]string{"charset": "UTF-8", "a": `x;"y`},
	}, c)
	require.Equal(t, `application/vnd.api+json;a="x;\"y";charset=UTF-8`, c.String())
	require.Equal(t, "application/vnd.api+json", c.Essence())
	require.Equal(t, "application/json", c.Base().String())
	require.Empty(t, contract.ContentType{}.String())
	require.True(t, contract.ContentType{}.IsUnknown())
	for _, s := range []string{"", "json", "a/", "/b", "a/b/c", "a b/c", ";a=b", "é/x"} {
		_, err := contract.ParseContentType(s)
		require.Error(t, err, s)
	}
}

func TestContentTypesFallIntoFamilies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		is    func(contract.ContentType) bool
		name  string
		yes   []string
		never []string
	}{
		{
			contract.ContentType.IsJSON, "JSON",
			[]string{"application/json", "application/hal+json", "application/json-rpc", "application/graphql"},
			[]string{"text/json", "application/xml"},
		},
		{
			contract.ContentType.IsXML, "XML",
			[]string{"application/xml", "text/xml", "application/atom+xml", "text/x+xml"},
			[]string{"image/svg+xml", "application/json"},
		},
		{
			contract.ContentType.IsText, "text",
			[]string{"text/plain", "application/json", "application/xml", "application/x-www-form-urlencoded"},
			[]string{"image/png", "application/octet-stream", "multipart/form-data"},
		},
		{
			contract.ContentType.IsBinary, "binary",
			[]string{"image/png", "application/octet-stream", "application/pdf", "audio/ogg", "font/woff", "video/mp4"},
			[]string{"text/plain", "application/json"},
		},
		{contract.ContentType.IsForm, "form", []string{"application/x-www-form-urlencoded"}, []string{"multipart/form-data"}},
		{contract.ContentType.IsMultipart, "multipart", []string{"multipart/form-data", "multipart/mixed;boundary=x"}, []string{"text/plain"}},
	} {
		for _, s := range tt.yes {
			require.True(t, tt.is(contentType(t, s)), "%s is %s", s, tt.name)
		}
		for _, s := range tt.never {
			require.False(t, tt.is(contentType(t, s)), "%s is not %s", s, tt.name)
		}
	}
	require.False(t, contract.ContentType{}.IsBinary())
	require.False(t, contract.ContentType{}.IsText())
}

func TestAnExpectedTypeAcceptsItsEquivalents(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		expected, actual string
		want             bool
	}{
		{"application/json", "application/json", true},
		{"application/json", "application/json;charset=utf-8", true},
		{"application/json;charset=utf-8", "application/json", false},
		{"application/json;charset=utf-8", "application/json;charset=UTF-8", true},
		{"application/json", "application/vnd.x+json", true},
		{"application/vnd.x+json", "application/json", false},
		{"application/xml", "text/xml", true},
		{"text/xml;a=b", "application/xml;a=b", true},
		{"text/xml;a=b", "application/xml", false},
		{"application/json", "application/xml", false},
		{"text/plain", "text/html", false},
	} {
		require.Equal(t, tt.want, contentType(t, tt.expected).Accepts(contentType(t, tt.actual)), "%s accepts %s", tt.expected, tt.actual)
	}
}

func TestContentIsRecognisedByItsFirstBytes(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"":                                 "",
		`<?xml version="1.0"?><a/>`:        "application/xml",
		"<!DOCTYPE html>":                  "text/html",
		"  <HTML>":                         "text/html",
		"<note>":                           "application/xml",
		"< 3":                              "application/xml",
		"{}":                               "application/json",
		"{ \"a\":1}":                       "application/json",
		"[1]":                              "application/json",
		"-12":                              "application/json",
		"null":                             "application/json",
		`"text"`:                           "application/json",
		"{braces}":                         "text/plain",
		"hello":                            "text/plain",
		"1234567890123456789012345678901é": "application/json",
		"abcdefghijklmnopqrstuvwxyzabcdeé": "text/plain",
		"\x89PNG\r\n\x1a\n":                "application/octet-stream",
		"a\x00b":                           "application/octet-stream",
	} {
		require.Equal(t, want, contract.SniffContentType([]byte(content)), "%q", content)
	}
}

func FuzzParseContentType(f *testing.F) {
	for _, seed := range []string{"application/json", `a/b+c; d="e\"f";g`, "multipart/mixed;boundary=\"a;b\"", "/", ";"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := contract.ParseContentType(s)
		if err != nil {
			return
		}
		again, err := contract.ParseContentType(c.String())
		require.NoError(t, err, "%q printed as %q", s, c.String())
		require.Equal(t, c, again)
		require.True(t, c.Accepts(c))
	})
}
