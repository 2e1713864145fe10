package result_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

const twoInteractions = `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[
	{"description":"a","request":{"path":"/a"},"response":{}},{"description":"b","providerState":"full","request":{"path":"/b"},"response":{}}]}`

// tellings are results of twoInteractions by their tests, with what is stored of each.
var tellings = []struct {
	version string
	success bool
	tests   string
	telling matrix.Telling
}{
	{"no tests", true, ``, matrix.NothingAgainst},
	{"of a form that nobody knows", true, `{"examples":[]}`, matrix.NothingAgainst},
	{"an empty list", true, `[]`, matrix.NothingTried},
	{"others", true, `[{"success":true,"interactionDescription":"c"}]`, matrix.NothingTried},
	{"one of two", true, `[{"success":true,"interactionDescription":"a"}]`, matrix.TriedInPart},
	{"another state", true, `[{"success":true,"interactionDescription":"a"},{"success":true,"interactionDescription":"b","providerStates":[{"name":"empty"}]}]`, matrix.TriedInPart},
	{"both", true, `[{"success":true,"interactionDescription":"a"},{"success":true,"interactionDescription":"b"}]`, matrix.NothingAgainst},
	{"a failure", true, `[{"success":false,"interactionDescription":"a"}]`, matrix.TestFailed},
	{"a pending failure", true, `[{"success":false,"pending":true,"interactionDescription":"a"},{"success":true,"interactionDescription":"b"}]`, matrix.NothingAgainst},
	{"it failed", false, `[{"success":false,"interactionDescription":"a"}]`, matrix.NothingAgainst},
}

func recordAll(t *testing.T, s *usecase.All) map[string]int64 {
	t.Helper()
	published, err := s.Publish.PublishContracts(t.Context(), publish.ContractsPublication{Pacticipant: "Foo", VersionNumber: "1",
		Contracts: []publish.ContractDocument{{Consumer: "Foo", Provider: "Bar", Content: []byte(twoInteractions)}}})
	require.NoError(t, err)
	ids := map[string]int64{}
	for _, tt := range tellings {
		in := result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: published.Contracts[0].SHA, Success: tt.success, ProviderVersion: tt.version}
		if tt.tests != "" {
			in.TestResults = json.RawMessage(tt.tests)
		}
		v, err := s.Result.RecordVerification(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, tt.telling, v.Telling, tt.version)
		ids[tt.version] = v.ID
	}
	return ids
}

// stored are the tellings of results, by version.
func stored(t *testing.T, db kernel.Store, ids map[string]int64) map[string]matrix.Telling {
	t.Helper()
	out := map[string]matrix.Telling{}
	require.NoError(t, db.View(t.Context(), func(tx kernel.Tx) error {
		for version, id := range ids {
			v, err := tx.FindVerificationByID(id)
			if err != nil {
				return err
			}
			out[version] = v.Telling
		}
		return nil
	}))
	return out
}

// What an older release recorded, or one that works beside this, is compared with its
// tests later, each result once.
func TestResultsOfAnOlderReleaseAreComparedWithTheirTests(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, store.Options{})
			s := usecase.New(db, kernel.DefaultSettings())
			began := time.Now().Add(-time.Hour)
			s.Result.Now = func() time.Time { return began }
			ids := recordAll(t, s)
			expected := stored(t, db, ids)
			forget := func() {
				require.NoError(t, db.Update(t.Context(), func(tx kernel.Tx) error {
					for _, id := range ids {
						if err := tx.NoteTelling(id, matrix.NothingAgainst); err != nil {
							return err
						}
					}
					return nil
				}))
			}
			forget()
			require.NoError(t, s.Result.ReadAllTests(t.Context()))
			require.Equal(t, matrix.NothingAgainst, stored(t, db, ids)["a failure"], "one with a lower number may still come")
			began = began.Add(time.Hour)
			require.NoError(t, s.Result.ReadAllTests(t.Context()))
			require.Equal(t, expected, stored(t, db, ids))
			forget()
			require.NoError(t, s.Result.ReadAllTests(t.Context()))
			require.Equal(t, matrix.NothingAgainst, stored(t, db, ids)["a failure"], "it goes on from where it was")
		})
	}
}

// It is one small step after the other, and none waits for all there is.
func TestManyResultsAreReadInSteps(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t, store.Options{})
	s := usecase.New(db, kernel.DefaultSettings())
	at := time.Now().Add(-time.Hour)
	s.Result.Now = func() time.Time { return at }
	var ids []map[string]int64
	for range 12 {
		ids = append(ids, recordAll(t, s))
	}
	require.NoError(t, db.Update(t.Context(), func(tx kernel.Tx) error {
		for _, some := range ids {
			for _, id := range some {
				if err := tx.NoteTelling(id, matrix.NothingAgainst); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	at = time.Now()
	require.NoError(t, s.Result.ReadAllTests(t.Context()))
	for _, some := range ids {
		require.Equal(t, matrix.TestFailed, stored(t, db, some)["a failure"])
	}
}
