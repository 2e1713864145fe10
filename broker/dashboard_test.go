package broker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix/story"
)

// A pact shows what its own content got. What another content of the same pair
// got is told as a change at most, and only if it was a success.
func TestAPactShowsTheResultOfItsOwnContent(t *testing.T) {
	t.Parallel()
	const before = "pact Foo 1 -> Bar content old\n"
	cases := []struct {
		name, history string
		want          broker.VerificationStatus
		by            string // the provider version whose result is shown
		badge         broker.VerificationStatus
	}{
		{"nothing verified", before, broker.StatusNever, "", broker.StatusNever},
		{"verified", before + "verify Bar 7 : Foo 1 ok", broker.StatusSuccess, "7", broker.StatusSuccess},
		{"failed", before + "verify Bar 7 : Foo 1 failed", broker.StatusFailed, "7", broker.StatusFailed},
		{"a new content after a success", before + "verify Bar 7 : Foo 1 ok\npact Foo 2 -> Bar content new", broker.StatusStale, "", broker.StatusStale},
		{"a new content after a failure", before + "verify Bar 7 : Foo 1 failed\npact Foo 2 -> Bar content new", broker.StatusNever, "", broker.StatusFailed},
		{"the version is revised after a success", before + "verify Bar 7 : Foo 1 ok\npact Foo 1 -> Bar content new", broker.StatusNever, "", broker.StatusNever},
		{"the version is revised after a failure", before + "verify Bar 7 : Foo 1 failed\npact Foo 1 -> Bar content new", broker.StatusNever, "", broker.StatusNever},
		{"the same content again", before + "verify Bar 7 : Foo 1 ok\npact Foo 2 -> Bar content old", broker.StatusSuccess, "7", broker.StatusSuccess},
		{"back to a content that failed", before + "verify Bar 7 : Foo 1 failed\npact Foo 2 -> Bar content new\nverify Bar 8 : Foo 2 ok\npact Foo 3 -> Bar content old", broker.StatusFailed, "7", broker.StatusFailed},
		{"its own result after another's failure", before + "verify Bar 7 : Foo 1 failed\npact Foo 2 -> Bar content new\nverify Bar 8 : Foo 2 ok", broker.StatusSuccess, "8", broker.StatusSuccess},
	}
	for name, open := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for _, tt := range cases {
				t.Run(tt.name, func(t *testing.T) {
					s, err := story.Parse(tt.name, tt.history)
					require.NoError(t, err)
					p := newPlayer(t, db)
					p.play(s.Steps)
					service := broker.New(db, broker.Settings{})
					shown := func(status broker.VerificationStatus, v *broker.Verification) {
						require.Equal(t, tt.want, status)
						if tt.by == "" {
							require.Nil(t, v)
							return
						}
						require.Equal(t, tt.by, v.ProviderVersion.Number)
					}
					items, err := service.Dashboard(t.Context(), broker.DashboardQuery{Consumer: p.name("Foo"), Provider: p.name("Bar"), Page: broker.Page{Number: 1, Size: 10}})
					require.NoError(t, err)
					require.Len(t, items, 1)
					shown(items[0].Status, items[0].Verification)
					badge, err := service.FindPactStatus(t.Context(), broker.PactQuery{Consumer: p.name("Foo"), Provider: p.name("Bar"), Latest: true})
					require.NoError(t, err)
					shown(badge.Status, badge.Verification)
					require.Equal(t, tt.badge, badge.Line)
				})
			}
		})
	}
}
