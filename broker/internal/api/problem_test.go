package api_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/internal/golden"
)

// everyError has one error of each row of the table, and of each reason that
// changes the answer.
func everyError() map[string]error {
	fields := kernel.Fields{}
	fields.Add("name", "is missing")
	fields.Add("request.url", "is not a valid URL eg. http://example.org")
	fields.Add("contracts", "consumerName is missing (at index 1)")
	fields.Add("", "Must specify either an environment or a 'to' tag.")
	conflict := kernel.Errorf(kernel.CodeConflict, "Cannot change the content of the pact.")
	noticed := kernel.Errorf(kernel.CodeConflict, "conflict")
	noticed.Notices = []kernel.Notice{
		{Level: kernel.LevelError, Text: "Cannot change the content of the pact."},
		{Level: kernel.LevelInfo, Text: "Use a new version number."},
	}
	ended := kernel.Fields{"currentlyDeployed": {"cannot be set back to true."}}
	unprocessable := kernel.Errorf(kernel.CodeUnprocessable, "%s", ended.String())
	unprocessable.Fields = ended
	return map[string]error{
		"invalid-fields":     fmt.Errorf("create pacticipant: %w", fields.Err()),
		"invalid-list":       api.Listed(kernel.Fields{"": {"Please specify the pacticipant name", "The limit must be 1 or greater."}}.Err()),
		"invalid-body":       kernel.Errorf(kernel.CodeInvalid, "The JSON document cannot be parsed: unexpected end"),
		"unauthorized":       kernel.Errorf(kernel.CodeUnauthorized, "A password is needed."),
		"forbidden":          kernel.Errorf(kernel.CodeForbidden, "Not with this password."),
		"not-found":          kernel.Errorf(kernel.CodeNotFound, "no pact between Foo and Bar"),
		"not-found-name":     kernel.UnknownName(kernel.RoleConsumer, "Foo"),
		"not-found-address":  api.ErrUnknownAddress,
		"conflict":           conflict.WithReason(kernel.ReasonContentChanged),
		"conflict-merge":     kernel.Errorf(kernel.CodeConflict, "merge").WithReason(kernel.ReasonMergeConflict),
		"conflict-similar":   kernel.Errorf(kernel.CodeConflict, "Foo looks like:\n* foo").WithReason(kernel.ReasonSimilarName),
		"conflict-notices":   noticed,
		"unprocessable":      unprocessable,
		"too-large":          kernel.Errorf(kernel.CodeTooLarge, "The request body is larger than the 10 bytes that this broker accepts."),
		"timeout":            kernel.Errorf(kernel.CodeTimeout, "These two pacts are too large to be compared here."),
		"unavailable":        kernel.Errorf(kernel.CodeUnavailable, "The database is busy. Try again."),
		"internal":           errors.New("secret of the database"),
		"internal-no-code":   kernel.Errorf(kernel.CodeInternal, "secret of the database"),
		"not-acceptable":     api.ErrNotAcceptable,
		"unsupported-type":   api.ErrUnsupportedType,
		"method-not-allowed": api.ErrMethodNotAllowed,
		"not-implemented":    api.ErrNotImplemented,
		"not-modified":       api.ErrNotModified,
		"precondition":       api.ErrPrecondition,
		"empty-segment":      api.ErrEmptySegment,
		"path-character":     api.ErrPathCharacter,
	}
}

// reference is the only part of an answer that differs from run to run.
var reference = regexp.MustCompile(`[A-Za-z]{10}(["\\.])`)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestEachErrorHasOneAnswerInEachShape(t *testing.T) {
	t.Parallel()
	a := api.New(&usecase.All{}, api.Config{Log: quiet()})
	for name, err := range everyError() {
		for shape, accept := range map[string]string{
			"hal": "application/hal+json", "problem": "application/hal+json, application/problem+json",
		} {
			t.Run(name+"/"+shape, func(t *testing.T) {
				t.Parallel()
				r := httptest.NewRequest(http.MethodGet, "http://broker.example/path%0A", nil)
				r.Header.Set("Accept", accept)
				got := a.AnswerError(r, err)
				text := fmt.Sprintf("%d %s\n%s\n", got.Code, got.Header().Get("Content-Type"), got.Body.String())
				if strings.HasPrefix(name, "internal") {
					require.NotContains(t, text, "secret")
					text = reference.ReplaceAllString(text, "REFERENCE$1")
				}
				golden.Equal(t, "errors/"+name+"."+shape, text)
			})
		}
	}
}

func TestAReferenceLeadsFromTheAnswerToTheLog(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	a := api.New(&usecase.All{}, api.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	got := a.AnswerError(httptest.NewRequest(http.MethodGet, "/x", nil), errors.New("what went wrong"))
	found := regexp.MustCompile(`"reference":"([A-Za-z]{10})"`).FindStringSubmatch(got.Body.String())
	require.Len(t, found, 2)
	require.Contains(t, log.String(), "reference="+found[1])
	require.Contains(t, log.String(), "what went wrong")
	require.Equal(t, 1, strings.Count(log.String(), "\n"))
}

func TestAClientThatLeftIsNoError(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	a := api.New(&usecase.All{}, api.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a.AnswerError(httptest.NewRequest(http.MethodGet, "/x", nil).WithContext(ctx), fmt.Errorf("find pact: %w", ctx.Err()))
	require.Empty(t, log.String())
}

// A client that is told to come back learns when; one that has to change its
// request is not told to repeat it.
func TestWhatIsUnavailableSaysWhenToAskAgain(t *testing.T) {
	t.Parallel()
	a := api.New(&usecase.All{}, api.Config{Log: quiet()})
	for name, err := range everyError() {
		got := a.AnswerError(httptest.NewRequest(http.MethodGet, "/x", nil), err)
		want := ""
		if got.Code == http.StatusServiceUnavailable {
			want = "2"
		}
		require.Equal(t, want, got.Header().Get("Retry-After"), name)
	}
	require.Equal(t, http.StatusServiceUnavailable, a.AnswerError(httptest.NewRequest(http.MethodGet, "/x", nil), everyError()["unavailable"]).Code)
}

// Who may send again what must not happen twice learns it from the answer.
func TestWhatIsUnavailableSaysWhatIsStored(t *testing.T) {
	t.Parallel()
	a := api.New(&usecase.All{}, api.Config{Log: quiet()})
	for _, tt := range []struct {
		name                   string
		err                    error
		stored, retryAfter, in string
	}{
		{"an outage", kernel.Errorf(kernel.CodeUnavailable, "away"), "nothing", "2", "/problem/unavailable"},
		{"a fault that lasts", kernel.Errorf(kernel.CodeUnavailable, "wrong password").WithReason(kernel.ReasonLasting), "nothing", "", "/problem/unavailable"},
		{"an outcome that nobody knows", kernel.Errorf(kernel.CodeUnavailable, "lost").WithReason(kernel.ReasonOutcomeUnknown), "unknown", "", "/problem/outcome-unknown"},
		{"the end of a request's time", fmt.Errorf("read: %w", context.DeadlineExceeded), "nothing", "2", "longer than the broker gives"},
	} {
		request := httptest.NewRequest(http.MethodGet, "/x", nil)
		request.Header.Set("Accept", "application/problem+json")
		got := a.AnswerError(request, tt.err)
		require.Equal(t, http.StatusServiceUnavailable, got.Code, tt.name)
		require.Equal(t, tt.stored, got.Header().Get("X-Treaty-Stored"), tt.name)
		require.Equal(t, tt.retryAfter, got.Header().Get("Retry-After"), tt.name)
		require.Contains(t, got.Body.String(), tt.in, tt.name)
	}
}
