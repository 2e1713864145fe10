package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// While a version is rolled out, pages show both, and which one may go again.
func TestPagesShowBothVersionsOfARollout(t *testing.T) {
	t.Parallel()
	p := look(t, `
		pact    Shop 1 -> Stock
		verify  Stock 1 : Shop 1 ok
		verify  Stock 2 : Shop 1 ok
		deploy  Stock 1 live
		rollout Stock 2 live  instance eu
		rollout Stock 2 live
		environment next
		rollout Stock 1 next
		abort   Stock 2 live`)
	s := site{T: t, base: p.Base}
	page := htmlText(s.get("/ui/environments/live"))
	require.Contains(t, page, "being rolled out to eu")
	require.Contains(t, page, "deployed")
	require.Contains(t, htmlText(s.get("/ui/applications/Stock/versions/2")), "rolled out and aborted")
	answer := s.do(http.MethodGet, "/ui/gate?application=Shop&version=1&to=next", "", nil).text
	for _, says := range []string{"There for a rollout only", "Stock is in next as the candidate of a rollout only (1)", "treaty rollout promote --pacticipant Stock --version 1 --environment next"} {
		require.Contains(t, htmlText(answer), says)
	}
}
