package registry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestAnApplicationIsLockedBeforeItsMainBranchIsFound(t *testing.T) {
	t.Parallel()
	noting := &usecasetest.Noting{Store: usecasetest.OpenSQLite(t)}
	s := usecase.New(noting, kernel.DefaultSettings())
	_, _, err := s.Registry.PutBranchVersion(t.Context(), "Storefront", "main", "1")
	require.NoError(t, err)
	noting.Before(t, "Lock pacticipant", "FindPacticipantByID", "of two candidates that come at once the first stays the main branch")
	found, err := s.Registry.FindPacticipant(t.Context(), "Storefront")
	require.NoError(t, err)
	require.Equal(t, "main", found.MainBranch)
}
