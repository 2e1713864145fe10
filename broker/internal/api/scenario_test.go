package api_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// The scenarios of broker/internal/matrix decide the same through HTTP, by requests that
// Pact clients send.
func TestScenariosDecideAsWrittenThroughHTTP(t *testing.T) {
	t.Parallel()
	stories, err := story.ReadAll(os.DirFS("../matrix/testdata"))
	require.NoError(t, err)
	for _, mode := range []struct {
		name     string
		original bool
	}{{"strict", false}, {"original", true}} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			broker := brokertest.Start(t, func(o *broker.Options) {
				d := &o.Domain
				d.CheckSimilarNames, d.AutoDetectMainBranch, d.UseFirstTagAsBranch, d.DeployedVersionsForTags = false, false, false, false
				d.AllowContractModification = true
				d.OriginalDecisions = mode.original
			})
			for i, s := range stories {
				if mode.original && s.Original == nil {
					continue
				}
				t.Run(s.Name, func(t *testing.T) {
					p := &usecasetest.HTTPPlayer{T: t, Base: broker.URL(), Prefix: fmt.Sprintf("s%d-", i)}
					for _, step := range s.Steps {
						p.Step(step)
					}
					want := s.Want
					if mode.original {
						want = *s.Original
					}
					require.Equal(t, want.String(), p.Ask(s.Query, len(want.Sentences) > 0).String(), "%s", s)
				})
			}
		})
	}
}
