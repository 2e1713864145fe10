package overview_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// twoEnvironments is a history in which test is ahead of production.
const twoEnvironments = `
	environment production
	environment test
	pact    Shop 1 -> Stock
	verify  Stock 1 : Shop 1 ok
	deploy  Shop 1 production
	deploy  Stock 1 production
	deploy  Stock 1 test
	pact    Shop 2 -> Stock  content changed
	verify  Stock 1 : Shop 2 ok
	deploy  Shop 2 test
	pact    Shop 3 -> Stock  content different
	verify  Stock 1 : Shop 3 failed
	pact    Mail 1 -> Stock
	deploy  Mail 1 test
	deploy  Old 1 production
`

func TestAnEnvironmentSaysWhatMayCome(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		p := history(t, s.Store, steps(t, twoEnvironments))
		answer, err := s.Overview.LookAtEnvironment(t.Context(), p.Name("production"))
		require.NoError(t, err)
		told := map[string]string{}
		for _, a := range answer.Arrivals {
			var here []string
			for _, v := range a.Here {
				here = append(here, v.Number)
			}
			told[p.Unnamed(a.Application)] = fmt.Sprintf("%s %s, here %s %t", a.Version, a.Decision.Verdict, strings.Join(here, " "), a.IsHere())
			require.Nil(t, a.Decision.Considered, "rows are not kept")
		}
		require.Equal(t, map[string]string{"Shop": "3 no, here 1 false", "Stock": "1 yes, here 1 true", "Mail": "1 unknown, here  false"}, told)
		for _, a := range answer.Arrivals { // they are the answers of the gate
			asked, err := matrixOf(t, s, a.Application, a.Version, p.Name("production"))
			require.NoError(t, err)
			require.Equal(t, asked, a.Decision.Verdict, a.Application)
		}
		_, err = s.Overview.LookAtEnvironment(t.Context(), p.Name("prodction"))
		require.Equal(t, kernel.CodeNotFound, kernel.CodeOf(err))
	})
}

func matrixOf(t *testing.T, s *usecase.All, application, version, environment string) (matrix.Verdict, error) {
	t.Helper()
	var out matrix.Verdict
	err := s.Store.View(t.Context(), func(tx kernel.Tx) error {
		d, err := matrix.Ask(tx.MatrixFacts(time.Time{}), matrix.Query{
			Selectors: []matrix.Selector{{Pacticipant: application, Version: version}}, Target: matrix.Target{Environment: environment}, LatestBy: matrix.ByVersions,
		})
		out = d.Verdict
		return err
	})
	return out, err
}

func TestTwoEnvironmentsAreCompared(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		p := history(t, s.Store, steps(t, twoEnvironments))
		compare := func(from, to string) map[string]string {
			found, err := s.Overview.CompareEnvironments(t.Context(), p.Name(from), p.Name(to))
			require.NoError(t, err)
			require.Equal(t, p.Name(from), found.From.Name)
			told := map[string]string{}
			for _, a := range found.Applications {
				text := fmt.Sprintf("%d %d %t", len(a.From), len(a.To), a.Same())
				for _, promotion := range a.Promotions {
					text += ": " + promotion.Version.Number + " " + promotion.Decision.Verdict.String()
					asked, err := matrixOf(t, s, a.Name, promotion.Version.Number, p.Name(to))
					require.NoError(t, err)
					require.Equal(t, asked, promotion.Decision.Verdict, "it is the answer of the gate")
				}
				told[p.Unnamed(a.Name)] = text
			}
			return told
		}
		require.Equal(t, map[string]string{
			"Shop": "1 1 false: 2 yes", "Stock": "1 1 true", "Mail": "1 0 false: 1 unknown", "Old": "0 1 false",
		}, compare("test", "production"))
		require.Equal(t, map[string]string{
			"Shop": "1 1 false: 1 yes", "Stock": "1 1 true", "Mail": "0 1 false", "Old": "1 0 false: 1 yes",
		}, compare("production", "test"))
		for _, pair := range [][2]string{{"test", "nowhere"}, {"nowhere", "test"}} {
			_, err := s.Overview.CompareEnvironments(t.Context(), p.Name(pair[0]), p.Name(pair[1]))
			require.Equal(t, kernel.CodeNotFound, kernel.CodeOf(err))
			require.Contains(t, err.Error(), "nowhere")
		}
	})
}

// A deployment says what it has replaced, and the pieces of a history are the whole.
func TestTheHistoryOfAnEnvironmentIsToldInPieces(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		var text strings.Builder
		text.WriteString("environment test\n")
		for i := range 60 {
			fmt.Fprintf(&text, "deploy Shop %d test\n", i)
		}
		text.WriteString("deploy Mail 1 test\n")
		p := history(t, s.Store, steps(t, text.String()))
		name := p.Name("test")
		answer, err := s.Overview.LookAtEnvironment(t.Context(), name)
		require.NoError(t, err)
		require.Len(t, answer.Newest.Steps, 25)
		require.Equal(t, p.Name("Mail"), answer.Newest.Steps[0].Version.Pacticipant.Name)
		require.Zero(t, answer.Newest.Steps[0].Replaced)

		all := answer.Newest.Steps
		for next := answer.Newest.Next; !next.IsZero(); {
			piece, err := s.Overview.LookAtPlaceHistory(t.Context(), name, next)
			require.NoError(t, err)
			all, next = append(all, piece.Steps...), piece.Next
		}
		require.Len(t, all, 61)
		for i, step := range all[1:] {
			number := 59 - i
			require.Equal(t, fmt.Sprint(number), step.Version.Number)
			if number > 0 {
				require.Equal(t, fmt.Sprint(number-1), step.Replaced.Number)
			} else {
				require.Zero(t, step.Replaced)
			}
		}

		current, _, err := s.Registry.ListCurrentlyDeployed(t.Context(), registry.CurrentQuery{EnvironmentUUID: answer.Environment.UUID})
		require.NoError(t, err)
		ended := false
		_, err = s.Registry.UpdateDeployedVersion(t.Context(), current[0].UUID, &ended)
		require.NoError(t, err)
		answer, err = s.Overview.LookAtEnvironment(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, kernel.EventUndeployed, answer.Newest.Steps[0].Event, "what nothing has replaced is told on its own")
		_, err = s.Overview.LookAtPlaceHistory(t.Context(), p.Name("nowhere"), kernel.PlaceMoment{})
		require.Equal(t, kernel.CodeNotFound, kernel.CodeOf(err))
	})
}
