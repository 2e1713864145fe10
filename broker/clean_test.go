package broker

import (
	"bytes"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/result"
)

// withVersions is a broker, not started, that has two old versions.
func withVersions(t *testing.T, change func(*Options)) (*Broker, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	options := DefaultOptions()
	options.Host, options.Port = "127.0.0.1", 0
	options.Database = "sqlite:" + filepath.Join(t.TempDir(), "treaty.db")
	options.Log = slog.New(slog.NewTextHandler(&log, nil))
	options.Now = func() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }
	change(&options)
	b, err := New(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Stop()) })
	for _, number := range []string{"1", "2"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "/pacticipants/Foo/versions/"+number, strings.NewReader("{}"))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		answer := &answered{header: http.Header{}}
		b.server.Handler.ServeHTTP(answer, request)
		require.Less(t, answer.status, 300, "%s", answer.text.String())
	}
	return b, &log
}

// answered keeps an answer.
type answered struct {
	header http.Header
	status int
	text   bytes.Buffer
}

func (a *answered) Header() http.Header         { return a.header }
func (a *answered) WriteHeader(status int)      { a.status = status }
func (a *answered) Write(p []byte) (int, error) { return a.text.Write(p) }

func TestACleanUpOnDemandFollowsItsOwnOptions(t *testing.T) {
	t.Parallel()
	b, _ := withVersions(t, func(*Options) {})
	var keep Keep
	require.NoError(t, keep.Parse(`[{"latest":true}]`))
	report, err := b.CleanUp(t.Context(), Clean{Keep: keep, Preview: true})
	require.NoError(t, err)
	require.Equal(t, map[string]int{"Foo": 1}, report.Versions, "a preview counts what would go")
	for _, want := range []map[string]int{{"Foo": 1}, {}} {
		report, err = b.CleanUp(t.Context(), Clean{Keep: keep})
		require.NoError(t, err)
		require.Len(t, report.Versions, len(want), "a preview deleted nothing, and a clean-up deletes once")
	}
}

func TestSelectorsToKeepThatCannotBeReadLeaveTheOldOnes(t *testing.T) {
	t.Parallel()
	keep := Keep{{Latest: true}}
	require.Error(t, keep.Parse(`[{"latst":true}]`), "a selector that there is not is an error")
	require.Equal(t, Keep{{Latest: true}}, keep, "what cannot be read changes nothing: keeping less would delete more")
}

func TestTheBrokerCleansUpByItselfAsItIsToldTo(t *testing.T) {
	t.Parallel()
	off, _ := withVersions(t, func(o *Options) { o.Clean.Schedule = "0 1 * * *" })
	jobs := off.periodic()
	require.Len(t, jobs, 1)
	require.Equal(t, result.TellingWork, jobs[0].Name, "a clean-up that is not switched on never runs")
	require.NoError(t, jobs[0].Run(t.Context()))
	by, _ := withVersions(t, func(o *Options) { o.Clean.Enabled, o.Clean.Schedule = true, "0 1 * * *" })
	jobs = by.periodic()
	require.Len(t, jobs, 2)
	require.Equal(t, cleanup.WorkName, jobs[0].Name)
	require.NotNil(t, jobs[0].Schedule, "a schedule says when")
	require.Zero(t, jobs[0].Every)

	b, log := withVersions(t, func(o *Options) {
		o.Clean.Enabled, o.Clean.Every, o.Clean.Keep = true, time.Hour, Keep{cleanup.KeepSelector{Latest: true}}
	})
	jobs = b.periodic()
	require.Len(t, jobs, 2)
	require.Equal(t, time.Hour, jobs[0].Every, "an interval says how often")
	require.Nil(t, jobs[0].Schedule)
	require.NoError(t, jobs[0].Run(t.Context()))
	require.Contains(t, log.String(), "cleaned up", "the log tells what a clean-up did")
	require.Contains(t, log.String(), "versions=map[Foo:1]", "the log tells what a clean-up did")
	require.NoError(t, CloseStore(b))
	require.ErrorContains(t, jobs[0].Run(t.Context()), "clean up: ", "a clean-up that fails is a job that fails, which whoever runs it tells the log")
}
