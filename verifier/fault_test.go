package verifier_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

// rawServer is a provider that writes bytes to the socket as they are. f gets
// the connection after the request's head was read.
func rawServer(t *testing.T, f func(conn net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buffer := make([]byte, 4096)
				if _, err := conn.Read(buffer); err == nil {
					f(conn)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func raw(text string) func(net.Conn) {
	return func(c net.Conn) { fmt.Fprint(c, text) }
}

// never blocks until the test is over.
func never(t *testing.T) (wait func()) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func() { <-over }
}

// soon is the limit where the other side never answers. Everywhere else it is
// far away, or a busy machine decides what is found.
const soon = 200 * time.Millisecond

// faulty verifies an interaction and returns its report. It fails when that
// takes longer than it may.
func faulty(t *testing.T, o verifier.Options) verifier.InteractionReport {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = 25 * time.Second
	}
	o.Pacts = []*contract.Pact{pact(t, get("a", "/a", `{"n":1}`))}
	started := time.Now()
	report := verify(t, o)
	require.Less(t, time.Since(started), time.Minute, "a fault has a bounded time")
	require.False(t, report.OK())
	require.Contains(t, text(t, report), "a", "the report holds all that is known")
	return only(t, report)
}

func TestFaultsOfAProviderAreExplained(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		serv func(t *testing.T) string
		says string
	}{
		{"down", func(t *testing.T) string {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			listener.Close()
			return "http://" + listener.Addr().String()
		}, "cannot be reached"},
		{"unknown host", func(*testing.T) string { return "http://no-such-host.invalid" }, "no-such-host.invalid"},
		{"hanging", func(t *testing.T) string {
			wait := never(t)
			return rawServer(t, func(net.Conn) { wait() })
		}, "did not answer within 200ms"},
		{"hanging in the middle of the body", func(t *testing.T) string {
			wait := never(t)
			return rawServer(t, func(c net.Conn) {
				raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")(c)
				wait()
			})
		}, "did not answer within 200ms"},
		{"closing at once", func(t *testing.T) string { return rawServer(t, func(net.Conn) {}) }, "closed the connection"},
		{"closing early", func(t *testing.T) string {
			return rawServer(t, raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"n\":1}"))
		}, "closed the connection"},
		{"closing within a chunk", func(t *testing.T) string {
			return rawServer(t, raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"n\""))
		}, "closed the connection"},
		{"two content lengths", func(t *testing.T) string {
			return rawServer(t, raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 7\r\n\r\n{\"n\":1}"))
		}, "Content-Length"},
		{"no HTTP", func(t *testing.T) string { return rawServer(t, raw("220 smtp.example.org ESMTP\r\n")) }, "no usable answer"},
		{"endless header", func(t *testing.T) string {
			return rawServer(t, func(c net.Conn) {
				fmt.Fprint(c, "HTTP/1.1 200 OK\r\n")
				line := "X-A: " + strings.Repeat("x", 1<<16) + "\r\n"
				for range 1000 {
					if _, err := fmt.Fprint(c, line); err != nil {
						return
					}
				}
			})
		}, "no usable answer"},
		{"redirect loop", func(t *testing.T) string {
			return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
			}))
		}, "redirected more than 10 times"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := verifier.Options{BaseURL: tt.serv(t)}
			if strings.Contains(tt.name, "hanging") {
				o.Timeout = soon
			}
			i := faulty(t, o)
			require.Equal(t, verifier.Errored, i.Outcome)
			require.Contains(t, i.Problem, tt.says)
		})
	}
}

// A provider may close a connection that it kept just as the next request comes.
func TestAKeptConnectionThatIsClosedCostsNoRequest(t *testing.T) {
	t.Parallel()
	var seen recording
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				reader := bufio.NewReader(conn)
				for n := range 2 {
					r, err := http.ReadRequest(reader)
					if err != nil || n == 1 {
						return // the second request of a connection gets no answer
					}
					seen.add("%s %s %v", r.Method, body(r), r.Header["X-Idempotency-Key"])
					fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
			}()
		}
	}()
	post := `{"description":"%s","request":{"method":"POST","path":"/","body":"tea","headers":{"Content-Type":"text/plain"}},"response":{"status":200}}`
	report := verify(t, verifier.Options{BaseURL: "http://" + listener.Addr().String(), Timeout: 25 * time.Second, Pacts: []*contract.Pact{
		pact(t, fmt.Sprintf(post, "a"), fmt.Sprintf(post, "b"), fmt.Sprintf(post, "c")),
	}})
	require.True(t, report.OK(), text(t, report))
	require.Equal(t, []string{"POST tea []", "POST tea []", "POST tea []"}, seen.all(), "nothing is sent that the pact does not have")
}

func TestSlowAnswerWithinTheLimitIsFine(t *testing.T) {
	t.Parallel()
	url := rawServer(t, func(c net.Conn) {
		for _, part := range []string{"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", "Content-Length: 7\r\n\r\n", `{"n`, `":1}`} {
			fmt.Fprint(c, part)
			<-time.After(10 * time.Millisecond) // the subject is time itself
		}
	})
	report := verify(t, verifier.Options{BaseURL: url, Timeout: 25 * time.Second, Pacts: []*contract.Pact{pact(t, get("a", "/a", `{"n":1}`))}})
	require.True(t, report.OK(), text(t, report))
}

func TestHundredMegabytesAreNotRead(t *testing.T) {
	t.Parallel()
	var written int
	done := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(done)
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for range 100 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
			written += len(chunk)
		}
	}))
	i := faulty(t, verifier.Options{BaseURL: url, MaxResponseBytes: 2 << 20})
	require.Equal(t, verifier.Errored, i.Outcome)
	require.Contains(t, i.Problem, "more than 2 MB")
	<-done
	require.Less(t, written, 60<<20)
}

func TestInvalidUTF8IsAMismatchThatCanBeShown(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte("{\"n\":\"\xff\xfe\"}"))
	}))
	i := faulty(t, verifier.Options{BaseURL: url})
	require.Equal(t, verifier.Failed, i.Outcome)
	require.NotEmpty(t, i.Mismatches)
}

func TestMoreThanTheContentLengthIsIgnored(t *testing.T) {
	t.Parallel()
	url := rawServer(t, raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{\"n\":1}garbage"))
	report := verify(t, verifier.Options{BaseURL: url, Pacts: []*contract.Pact{pact(t, get("a", "/a", `{"n":1}`))}})
	require.True(t, report.OK(), text(t, report))
}

func TestFaultsOfAStateChangeURLAreExplained(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		serv func(t *testing.T) string
		says string
	}{
		{"down", func(*testing.T) string { return "http://127.0.0.1:1" }, "cannot be reached"},
		{"hanging", func(t *testing.T) string {
			wait := never(t)
			return rawServer(t, func(net.Conn) { wait() })
		}, "did not answer within 200ms"},
		{"closing", func(t *testing.T) string { return rawServer(t, func(net.Conn) {}) }, "closed the connection"},
		{"404", func(t *testing.T) string { return serve(t, http.NotFoundHandler()) }, "404"},
		{"redirecting in circles", func(t *testing.T) string {
			return serve(t, http.RedirectHandler("/again", http.StatusTemporaryRedirect))
		}, "circles"},
		{"without end", func(t *testing.T) string {
			return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { endless(w) }))
		}, "more than 1 MB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := verifier.Options{
				Handler: answering(map[string]string{"/a": `{"n":1}`}), StateChange: &verifier.StateChange{URL: tt.serv(t)},
			}
			if tt.name == "hanging" {
				o.Timeout = soon
			}
			i := faulty(t, o)
			require.Equal(t, verifier.Errored, i.Outcome)
			require.Contains(t, i.Problem, tt.says)
		})
	}
}

// endless writes until nobody reads any more.
func endless(w io.Writer) {
	chunk := bytes.Repeat([]byte(" "), 1<<16)
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestAStreamWithoutEndIsCut(t *testing.T) {
	t.Parallel()
	stream := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		endless(w)
	})
	wait := never(t)
	deaf := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stream(w, r); wait() })
	for name, o := range map[string]verifier.Options{
		"over the network": {BaseURL: serve(t, stream)}, "in process": {Handler: stream}, "and it never returns": {Handler: deaf},
	} {
		o.MaxResponseBytes = 2 << 20
		i := faulty(t, o)
		require.Contains(t, i.Problem, "more than 2 MB", name)
		require.False(t, i.Untried, name)
	}
}

func TestAHeaderThatNeverEndsIsCut(t *testing.T) {
	t.Parallel()
	url := rawServer(t, func(c net.Conn) {
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\n")
		for {
			<-time.After(5 * time.Millisecond) // the subject is time itself
			if _, err := fmt.Fprint(c, "X-A: a\r\n"); err != nil {
				return
			}
		}
	})
	require.Contains(t, faulty(t, verifier.Options{BaseURL: url, Timeout: soon}).Problem, "did not answer within 200ms")
}

func TestHandlerInProcessThatHangsIsBounded(t *testing.T) {
	t.Parallel()
	wait := never(t)
	i := faulty(t, verifier.Options{Timeout: soon, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { wait() })})
	require.Equal(t, verifier.Errored, i.Outcome)
	require.Contains(t, i.Problem, "did not return in time")
}

func TestHookThatFailsIsAnErrorOfTheInteraction(t *testing.T) {
	t.Parallel()
	i := faulty(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{"n":1}`}), BeforeEach: func() error { return fmt.Errorf("no database") },
	})
	require.Contains(t, i.Problem, "no database")
}

func TestEncodedAnswersAreComparedDecoded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, coding, body string
		outcome            verifier.Outcome
		says               string
	}{
		{"gzip", "gzip", string(gzipped(`{"n":1}`)), verifier.Passed, ""},
		{"gzip with a mistake in it", "gzip", string(gzipped(`{"n":2}`)), verifier.Failed, "body $.n"},
		{"said and not done", "gzip", `{"n":1}`, verifier.Errored, `encoded as "gzip" and is not`},
		{"cut off", "gzip", string(gzipped(`{"n":1}`)[:15]), verifier.Errored, `encoded as "gzip" and is not`},
		{"unknown", "br", "xyz", verifier.Failed, `encoded as "br"`},
		{"larger than allowed when decoded", "gzip", string(gzipped(strings.Repeat(" ", 5000))), verifier.Errored, "more than 1000 bytes"},
		{"without a body", "gzip", "", verifier.Failed, "body"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			provider := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Encoding", tt.coding)
				fmt.Fprint(w, tt.body)
			})
			for _, o := range []verifier.Options{{BaseURL: serve(t, provider)}, {Handler: provider}} {
				o.MaxResponseBytes, o.Pacts = 1000, []*contract.Pact{pact(t, get("a", "/a", `{"n":1}`))}
				report := verify(t, o)
				require.Equal(t, tt.outcome, only(t, report).Outcome, text(t, report))
				require.False(t, only(t, report).Untried)
				require.Contains(t, text(t, report), tt.says)
			}
		})
	}
}

func TestTheBytesOfAnEncodedAnswerMayBeExpected(t *testing.T) {
	t.Parallel()
	file := gzipped("log")
	provider := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/gzip")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(file)
	})
	p := pact(t, get("a", "/a", `{}`))
	p.Interactions[0].(*contract.HTTP).Response.Headers = nil
	p.Interactions[0].(*contract.HTTP).Response.Body = contract.NewBody(file, "application/gzip")
	report := verify(t, verifier.Options{Handler: provider, Pacts: []*contract.Pact{p}})
	require.True(t, report.OK(), text(t, report))
}

func TestARequestIsEncodedAsItsHeaderSays(t *testing.T) {
	t.Parallel()
	provider := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		plain, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := io.Copy(w, plain); err != nil {
			panic(err)
		}
	})
	for _, o := range []verifier.Options{{BaseURL: serve(t, provider)}, {Handler: provider}} {
		o.Pacts = []*contract.Pact{pact(t, `{"description":"a","request":{"method":"POST","path":"/","headers":{"Content-Type":"application/json","Content-Encoding":"gzip"},
			"body":{"n":1}},"response":{"status":200,"body":{"n":1}}}`)}
		report := verify(t, o)
		require.True(t, report.OK(), text(t, report))
	}
}
