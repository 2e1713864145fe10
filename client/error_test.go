package client_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// Brokers report errors in two forms, and each form has variants.
func TestEveryFormOfAnErrorIsRead(t *testing.T) {
	t.Parallel()
	const old, problem = "application/hal+json;charset=utf-8", "application/problem+json;charset=utf-8"
	for _, tt := range []struct {
		name, kind, body string
		status           int
		want             error
		says             string
		fields           map[string][]string
	}{
		{name: "one sentence", kind: old, status: 404, body: `{"error":"No pacticipant with name 'X' found"}`,
			want: client.ErrNotFound, says: "No pacticipant with name 'X' found"},
		{name: "by field", kind: old, status: 400, body: `{"errors":{"name":["is missing","must be filled"],"":["Must specify either"]}}`,
			want: client.ErrInvalid, says: "Must specify either\n  name is missing\n  name must be filled",
			fields: map[string][]string{"name": {"is missing", "must be filled"}, "": {"Must specify either"}}},
		{name: "field with one sentence", kind: old, status: 400, body: `{"errors":{"name":"is missing"}}`,
			want: client.ErrInvalid, says: "name is missing", fields: map[string][]string{"name": {"is missing"}}},
		{name: "a list", kind: old, status: 400, body: `{"errors":["Pacticipant Foo not found","The limit must be 1 or greater."]}`,
			want: client.ErrInvalid, says: "Pacticipant Foo not found\n  The limit must be 1 or greater."},
		{name: "with a reference", kind: old, status: 500, body: `{"error":{"message":"An error has occurred.","reference":"abcDEF"}}`,
			says: "An error has occurred."},
		{name: "problem", kind: problem, status: 404, body: `{"title":"Not found","type":"B/problem/not-found","detail":"No such thing","status":404}`,
			want: client.ErrNotFound, says: "No such thing"},
		{name: "problem without detail", kind: problem, status: 403, body: `{"title":"Forbidden"}`,
			want: client.ErrForbidden, says: "Forbidden"},
		{name: "problem by field", kind: problem, status: 400, body: `{"title":"Validation errors","errors":[{"detail":"is missing","pointer":"/consumer/name"}]}`,
			want: client.ErrInvalid, says: "consumer.name is missing", fields: map[string][]string{"consumer.name": {"is missing"}}},
		{name: "notices alone", kind: "application/json", status: 409, body: `{"notices":[{"type":"error","text":"Cannot change the content"}],"errors":{}}`,
			want: client.ErrConflict, says: "Cannot change the content"},
		{name: "plain text", kind: "text/plain", status: 409, body: "This name is like another one\n", want: client.ErrConflict, says: "This name is like another one"},
		{name: "nothing at all", status: 401, want: client.ErrUnauthorized, says: "was answered 401 Unauthorized"},
		{name: "a page of a proxy", kind: "text/html", status: 413, body: "<html>too large</html>", want: client.ErrTooLarge, says: "was answered 413"},
		{name: "broken JSON", kind: old, status: 422, body: `{"errors":`, want: client.ErrInvalid, says: "was answered 422"},
		{name: "JSON of another kind", kind: old, status: 400, body: `[1,2]`, want: client.ErrInvalid, says: "was answered 400"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, answers{"GET /x": func(w http.ResponseWriter, _ *http.Request) {
				if tt.kind != "" {
					w.Header().Set("Content-Type", tt.kind)
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			}})
			c, _ := connect(t, f.URL)
			err := c.Get(t.Context(), f.URL+"/x", &struct{}{})
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
			}
			require.ErrorContains(t, err, tt.says)
			var answered *client.Error
			require.ErrorAs(t, err, &answered)
			if tt.fields != nil {
				require.Equal(t, tt.fields, answered.Fields)
			}
			require.NotErrorIs(t, err, client.ErrUnreachable)
		})
	}
}
