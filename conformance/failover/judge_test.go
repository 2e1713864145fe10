package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

// quiet is a scene in which all went well: the fault struck at 3 s, was over at
// 5 s, and the load ended at 10 s.
func quiet() (*scene, []write) {
	s := &scene{
		fault: fault{name: "quiet", gap: time.Second}, ledger: &ledger{}, receiver: &receiver{held: map[string]bool{}}, dead: -1,
		replicas: []*replica{{}, {}, {}}, struck: at(3), healed: at(5), ended: at(10),
	}
	for i := range 300 {
		moment, kind := at(float64(i)/30), []string{"publication", "result", "deployment", "tag"}[i%4]
		s.ledger.answered(answer{at: moment, took: time.Millisecond, replica: i % 3, what: kind, write: true, status: 200})
		s.ledger.answered(answer{at: moment, took: time.Millisecond, replica: i % 3, what: "fetch", status: 200})
		w := write{at: moment, what: kind, path: fmt.Sprintf("/%d", i)}
		if i%2 == 0 {
			w.hook = fmt.Sprintf("event %d", i)
			s.receiver.taken = append(s.receiver.taken, delivery{id: fmt.Sprint(i), about: w.hook, at: moment})
		}
		s.ledger.acknowledged(w)
	}
	_, writes := s.ledger.copies()
	return s, writes
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		spoil func(*scene)
		want  string // of the one problem; empty if there is none
	}{
		{name: "all is well", spoil: func(*scene) {}},
		{name: "status 500", want: "1 times status 500 for fetch", spoil: func(s *scene) {
			s.ledger.answered(answer{at: at(4), replica: 1, what: "fetch", status: 500, wrong: "status 500"})
		}},
		{name: "a broken connection", want: "a broken connection for publish", spoil: func(s *scene) {
			s.ledger.answered(answer{at: at(4), replica: 1, what: "publish"})
		}},
		{name: "a connection to the replica that was killed", spoil: func(s *scene) {
			s.fault.broken, s.dead, s.deadUntil = true, 1, at(5)
			s.ledger.answered(answer{at: at(4), replica: 1, what: "publish"})
		}},
		{name: "a connection to another one", want: "a broken connection for publish", spoil: func(s *scene) {
			s.fault.broken, s.dead, s.deadUntil = true, 1, at(5)
			s.ledger.answered(answer{at: at(4), replica: 2, what: "publish"})
		}},
		{name: "a refusal", spoil: func(s *scene) {
			s.ledger.answered(answer{at: at(4), what: "fetch", status: 503})
		}},
		{name: "a read refused while reads go on", want: "a read refused for fetch", spoil: func(s *scene) {
			s.fault.readsGoOn = true
			s.ledger.answered(answer{at: at(4), what: "fetch", status: 503})
		}},
		{name: "a slow read while reads go on", want: "a slow read for fetch", spoil: func(s *scene) {
			s.fault.readsGoOn = true
			s.ledger.answered(answer{at: at(4), took: 6 * time.Second, what: "fetch", status: 200})
		}},
		{name: "more refusals than may be", want: "7 of 607 requests were answered 503", spoil: func(s *scene) {
			s.fault.refused = 0.01
			for range 7 {
				s.ledger.answered(answer{at: at(4), what: "fetch", status: 503})
			}
		}},
		{name: "an answer after 31 s", want: "an answer too late for fetch", spoil: func(s *scene) {
			s.ledger.answered(answer{at: at(4), took: 31 * time.Second, what: "fetch", status: 200})
		}},
		{name: "a wrong yes", want: "a wrong yes for can-i-deploy", spoil: func(s *scene) {
			s.ledger.answered(answer{at: at(4), what: "can-i-deploy", status: 200, wrong: wrongVerdict([]byte(`{"summary":{"deployable":true}}`), fact{})})
		}},
		{name: "a replica that acknowledges nothing for a while", want: "acknowledged nothing for 1.6 s, at most 1 s", spoil: func(s *scene) {
			for i, a := range s.ledger.answers {
				if a.replica == 2 && a.at.After(at(6)) && a.at.Before(at(7.5)) {
					s.ledger.answers[i].status = 503
				}
			}
		}},
		{name: "a gap before the end of the fault", spoil: func(s *scene) {
			for i, a := range s.ledger.answers {
				if a.at.After(at(3)) && a.at.Before(at(5)) {
					s.ledger.answers[i].status = 503
				}
			}
		}},
		{name: "a webhook that did not come", want: "no webhook for the publication /0", spoil: func(s *scene) {
			s.receiver.taken = s.receiver.taken[1:]
		}},
		{name: "a webhook that came twice", spoil: func(s *scene) {
			s.receiver.taken = append(s.receiver.taken, s.receiver.taken[3])
		}},
		{name: "an event that was fired twice", want: "fired twice: event 6", spoil: func(s *scene) {
			again := s.receiver.taken[3]
			again.id = "another"
			s.receiver.taken = append(s.receiver.taken, again)
		}},
		{name: "a webhook that was under way in a dead replica", want: "the webhook held was under way", spoil: func(s *scene) {
			s.receiver.held["held"] = true
		}},
		{name: "one that came again too late", want: "a webhook came 16.0 s after the fault, at most 15 s", spoil: func(s *scene) {
			s.fault.takeover = 15 * time.Second
			s.receiver.held["held"] = true
			s.receiver.taken = append(s.receiver.taken, delivery{id: "held", about: "x", at: at(21)})
		}},
		{name: "something else than a webhook", want: "what is not a webhook", spoil: func(s *scene) {
			s.receiver.strange = []string{"?"}
		}},
		{name: "a note", want: "noted", spoil: func(s *scene) { s.note("%s", "noted") }},
		{name: "no load", want: "only 0 times was a tag acknowledged", spoil: func(s *scene) {
			for i, w := range s.ledger.writes {
				if w.what == "tag" {
					s.ledger.writes[i].what = "publication"
				}
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, _ := quiet()
			tt.spoil(s)
			out := s.judge(nil)
			if tt.want == "" {
				require.Empty(t, out.problems)
				return
			}
			require.Len(t, out.problems, 1)
			require.Contains(t, out.problems[0], tt.want)
		})
	}
}

func TestWhatIsLostIsCounted(t *testing.T) {
	t.Parallel()
	s, writes := quiet()
	out := s.judge(writes[5:7])
	require.Equal(t, 2, out.lost)
	require.Equal(t, 300, out.acknowledged)
	require.Equal(t, 150, out.hooks)
	require.Contains(t, out.problems[0], "lost: the result /5, acknowledged by replica-1")

	var text strings.Builder
	require.ErrorContains(t, report(options{seed: 7, logs: "logs"}, []outcome{out}, &text), "1 of 1 failed; -seed 7")
	require.Contains(t, text.String(), "lost: the result /5")
	require.NoError(t, report(options{}, []outcome{{fault: "x"}}, &text))
}

// TestAWriteIsLostOnlyIfAReplicaSaysSo looks for four writes in replicas of
// which one is not ready now and then.
func TestAWriteIsLostOnlyIfAReplicaSaysSo(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			w.WriteHeader(http.StatusNotFound)
		case "/busy":
			if asked++; asked < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			fallthrough
		default:
			fmt.Fprint(w, "its content")
		}
	}))
	defer server.Close()
	s := &scene{ledger: &ledger{}, replicas: []*replica{{address: strings.TrimPrefix(server.URL, "http://")}}}
	there, lost, err := s.lookUp(t.Context(), []write{
		{path: "/there", holds: "content"}, {path: "/busy", holds: "content"}, {path: "/gone"}, {path: "/other", holds: "another"},
	})
	require.NoError(t, err)
	require.Len(t, lost, 2)
	require.Len(t, there, 2)
	require.ElementsMatch(t, []string{"/gone", "/other"}, []string{lost[0].path, lost[1].path})
}

func TestARefusalHasToSayWhenAndNotWhy(t *testing.T) {
	t.Parallel()
	retry := http.Header{"Retry-After": {"5"}, "X-Treaty-Stored": {"nothing"}}
	require.Empty(t, wrongRefusal(503, retry, `{"error":"The database does not answer at the moment. Try again."}`))
	require.Equal(t, "503 without X-Treaty-Stored", wrongRefusal(503, http.Header{"Retry-After": {"5"}}, ""))
	require.Equal(t, "503 without Retry-After", wrongRefusal(503, http.Header{"X-Treaty-Stored": {"nothing"}}, ""))
	require.Empty(t, wrongRefusal(503, http.Header{"X-Treaty-Stored": {"unknown"}}, ""))
	require.Equal(t, "status 404", wrongRefusal(404, retry, ""))
	for _, text := range []string{
		"ERROR: canceling statement due to lock timeout (SQLSTATE 55P03)", "failed to connect to `user=treaty database=treaty`",
		"dial tcp 127.0.0.1:5432: connect: connection refused", "insert into version", "postgres://db/treaty",
	} {
		require.Contains(t, wrongRefusal(503, retry, text), "driver's words", text)
	}
}

func TestTheReceiverHoldsWhatOneReplicaSends(t *testing.T) {
	t.Parallel()
	r, err := newReceiver(t.Context())
	require.NoError(t, err)
	defer r.close()
	send := func(sender, id, body string) error {
		ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer stop()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("User-Agent", sender)
		request.Header.Set("X-Treaty-Delivery", id)
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	hook := `{"event":"e","consumer":"c","version":"1","provider":""}`
	r.hold("replica-1")
	require.Error(t, send("replica-1", "a", hook))
	require.NoError(t, send("replica-2", "b", hook))
	require.NoError(t, send("replica-2", "", hook))
	require.Equal(t, 1, r.underWay())
	taken, held, strange := r.deliveries()
	require.Len(t, taken, 1)
	require.Equal(t, hookAbout("e", "c", "1", ""), taken[0].about)
	require.True(t, held["a"])
	require.Len(t, strange, 1)
	r.hold("")
	require.NoError(t, send("replica-1", "a", hook))
}

func TestFaultsAreChosenByName(t *testing.T) {
	t.Parallel()
	chosen, err := choose(options{only: "^primary-", rounds: 1})
	require.NoError(t, err)
	require.Len(t, chosen, 3)
	_, err = choose(options{only: "nothing of this name", rounds: 1})
	require.ErrorContains(t, err, "matches no fault")
	_, err = choose(options{})
	require.ErrorContains(t, err, "-rounds 0")
	names := map[string]bool{}
	for _, f := range faults() {
		require.False(t, names[f.name], f.name)
		names[f.name] = true
		require.NotNil(t, f.play, f.name)
		require.NotNil(t, f.database, f.name)
		require.NotZero(t, f.gap, f.name)
		require.Positive(t, f.writers*f.readers, f.name)
	}
}
