package picking_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestWhySaysInASentenceWhatAVersionWouldVerify(t *testing.T) {
	t.Parallel()
	p := usecasetest.NewPlayer(t, usecasetest.OpenSQLite(t))
	s, err := story.Parse("why", `
		main Foo main
		pact Foo 1 -> Bar content a branch main
		deploy Foo 1 prod
		pact Cat 3 -> Bar content b
		verify Bar 9 : Foo 1 ok branch main
		pact Foo 2 -> Bar content c branch feat
		version Bar 10 branch main
		verify Bar 10 : Cat 3 failed
	`)
	require.NoError(t, err)
	p.Play(s.Steps)
	service := usecase.New(p.Store, kernel.DefaultSettings())
	since := p.Now.Add(-24 * time.Hour)
	service.Now = func() time.Time { return p.Now }
	answer, err := service.Picking.Why(t.Context(), picking.WhyQuery{Pacticipant: p.Name("Bar"), Version: "10", WIPSince: &since})
	require.NoError(t, err)
	require.Equal(t, "main", answer.Branch)
	require.Len(t, answer.Pacts, 3)

	cat, foo, wip := answer.Pacts[0], answer.Pacts[1], answer.Pacts[2]
	require.True(t, cat.Pending)
	require.Equal(t, matrix.Failed, cat.Outcome)
	require.Equal(t, "Chosen as latest version of a consumer that has a pact with Bar (3); pending, so a failure does not break the build: "+
		"no successful result of a version of Bar on branch 'main' is known.", p.Unnamed(cat.Sentence))
	require.False(t, foo.Pending)
	require.Equal(t, matrix.Unverified, foo.Outcome)
	require.Equal(t, "Chosen as consumer version(s) currently deployed to prod (1) and latest version on the main branch 'main' (1); "+
		"a failure breaks the build, because a version of Bar on branch 'main' has verified it with success.", p.Unnamed(foo.Sentence))
	require.True(t, wip.WIP)
	require.Equal(t, "Work in progress: latest from branch feat; a failure does not break the build.", wip.Sentence)

	_, err = service.Picking.Why(t.Context(), picking.WhyQuery{Pacticipant: p.Name("Bar"), Version: "77"})
	require.True(t, kernel.IsNotFound(err))
	_, err = service.Picking.Why(t.Context(), picking.WhyQuery{Pacticipant: "Nope", Version: "1"})
	require.Equal(t, kernel.ReasonUnknownName, kernel.ReasonOf(err))
}
