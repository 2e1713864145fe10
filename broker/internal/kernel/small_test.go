package kernel_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestAShareIsSaidInPerCent(t *testing.T) {
	t.Parallel()
	for share, want := range map[kernel.Share]string{0: "0", 1: "0.01", 12_50: "12.5", 25_00: "25", kernel.WholeShare: "100", 99_99: "99.99"} {
		require.Equal(t, want, share.String())
	}
	require.InDelta(t, 12.5, kernel.Share(12_50).Number(), 0)
}

func TestARollbackIsSaidOrFoundOut(t *testing.T) {
	t.Parallel()
	require.Equal(t, kernel.MaybeRollback, kernel.RollbackOf(nil))
	require.Equal(t, kernel.SaidRollback, kernel.RollbackOf(new(true)))
	require.Equal(t, kernel.NoRollback, kernel.RollbackOf(new(false)))
}

func TestAReasonIsAShortText(t *testing.T) {
	t.Parallel()
	for text, wrong := range map[string]bool{"": false, strings.Repeat("é", 500): false, strings.Repeat("é", 501): true, "a\x00b": true} {
		fields := kernel.Fields{}
		kernel.CheckReason(fields, "reason", text)
		require.Equal(t, wrong, fields.Err() != nil, "%.10q", text)
	}
}

// A version that came by a rollout is current from its promotion, and never was before.
func TestSinceWhenAVersionIsCurrent(t *testing.T) {
	t.Parallel()
	came, promoted := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)
	require.Equal(t, came, kernel.DeployedVersion{CreatedAt: came}.CurrentFrom())
	require.Equal(t, promoted, kernel.DeployedVersion{CreatedAt: came, Rollout: "r", PromotedAt: promoted}.CurrentFrom())
	require.True(t, kernel.DeployedVersion{CreatedAt: came, Rollout: "r"}.CurrentFrom().IsZero())
	require.True(t, kernel.Rollout{State: kernel.RolloutRunning}.IsRunning())
	require.False(t, kernel.Rollout{State: kernel.RolloutAborted}.IsRunning())
}

// Rows are locked by the table that they are of.
func TestFactsKnowTheirRows(t *testing.T) {
	t.Parallel()
	for want, row := range map[kernel.RowKind]kernel.Row{
		kernel.RowRollout: kernel.Rollout{ID: 7}.Row(), kernel.RowDeployed: kernel.DeployedVersion{ID: 7}.Row(), kernel.RowReleased: kernel.ReleasedVersion{ID: 7}.Row(),
		kernel.RowTrustRule: kernel.TrustRule{ID: 7}.Row(), kernel.RowEnvironment: kernel.Environment{ID: 7}.Row(), kernel.RowWebhook: kernel.Webhook{ID: 7}.Row(),
		kernel.RowVersion: kernel.Version{ID: 7}.Row(), kernel.RowDeviceLogin: kernel.DeviceLogin{ID: 7}.Row(),
	} {
		require.Equal(t, kernel.Row{Kind: want, ID: 7}, row)
	}
}

func TestWhoDidSomethingIsInTheContext(t *testing.T) {
	t.Parallel()
	require.Equal(t, kernel.By{}, kernel.ByOf(t.Context()))
	require.Equal(t, kernel.By{Name: "anna", Claimed: true}, kernel.ByOf(kernel.SignedBy(t.Context(), kernel.By{Name: "anna", Claimed: true})))
	var act kernel.Act
	kernel.MarkRefused(t.Context()) // where nobody keeps a record, nothing is marked
	require.False(t, act.Refused())
	kernel.MarkRefused(kernel.WithAct(t.Context(), &act))
	require.True(t, act.Refused())
}

// Whom nothing restricts may do all; whoever is restricted is asked each time.
func TestWhoIsRestrictedIsJudged(t *testing.T) {
	t.Parallel()
	no := errors.New("no")
	ctx := kernel.ActingFor(t.Context(), kernel.Actor{
		MaySecret: func(string) error { return no }, MayWebhook: func(string) error { return no },
		MayRecord: func(string, kernel.Environment) error { return no },
	})
	require.ErrorIs(t, kernel.JudgeSecret(ctx, "team"), no)
	require.ErrorIs(t, kernel.JudgeWebhook(ctx, "team"), no)
	require.ErrorIs(t, kernel.JudgeRecord(ctx, "Shop", kernel.Environment{}), no)
	require.NoError(t, kernel.JudgeSecret(t.Context(), "team"))
	require.NoError(t, kernel.JudgeWebhook(t.Context(), "team"))
	require.NoError(t, kernel.JudgeRecord(t.Context(), "Shop", kernel.Environment{}))
}

// What a request has waited for too long is told as that, and nothing else is.
func TestTimeThatIsOverIsNoFailureOfTheBroker(t *testing.T) {
	t.Parallel()
	over := kernel.OfTime(context.DeadlineExceeded)
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(over))
	require.ErrorIs(t, over, context.DeadlineExceeded)
	other := errors.New("other")
	require.Equal(t, other, kernel.OfTime(other))
	known := kernel.Errorf(kernel.CodeConflict, "taken").Because(context.DeadlineExceeded)
	require.Equal(t, kernel.CodeConflict, kernel.CodeOf(kernel.OfTime(known)))
	fields := kernel.Fields{}
	require.NoError(t, fields.BeyondLimit())
	fields.Add("tags", "are too many")
	require.Equal(t, kernel.CodeUnprocessable, kernel.CodeOf(fields.BeyondLimit()))
}

func TestATakenNameIsSaidByItsField(t *testing.T) {
	t.Parallel()
	taken := kernel.Errorf(kernel.CodeConflict, "stored meanwhile").WithReason(kernel.ReasonTaken)
	told := kernel.OrNameTaken(taken, "a team")
	var known *kernel.Error
	require.ErrorAs(t, told, &known)
	require.Equal(t, kernel.Fields{"name": {"is taken: there is a team with this name already"}}, known.Fields)
	require.Equal(t, told, kernel.OrNameTaken(told, "a role"), "what says it already stays")
	other := errors.New("other")
	require.Equal(t, other, kernel.OrNameTaken(other, "a team"))
	require.NoError(t, kernel.OrNameTaken(nil, "a team"))
}

// once is a store of transactions that have nothing in them.
type once struct{ kernel.Store }

func (once) Update(_ context.Context, do func(kernel.Tx) error) error { return do(nil) }

func TestAFormThatIsSentTwiceMakesOne(t *testing.T) {
	t.Parallel()
	const drawn = "7b0e2c94-3a57-4c1d-8f6e-92d4a1c5b083"
	for uuid, wrong := range map[string]bool{"": false, drawn: false, "7B0E": true, drawn + "0": true} {
		fields := kernel.Fields{}
		kernel.CheckDrawn(fields, uuid)
		require.Equal(t, wrong, fields.Err() != nil, uuid)
	}
	base := &kernel.Base{Store: once{}}
	nothing := kernel.Errorf(kernel.CodeNotFound, "nothing")
	made := 0
	makeIt := func(kernel.Tx) error { made++; return nil }
	was := func(same bool, err error) func(kernel.Tx) (bool, error) {
		return func(kernel.Tx) (bool, error) { return same, err }
	}
	require.NoError(t, base.MakeOnce(t.Context(), "", nil, makeIt), "no form has drawn it")
	require.NoError(t, base.MakeOnce(t.Context(), drawn, was(false, nothing), makeIt))
	require.Equal(t, 2, made)
	require.NoError(t, base.MakeOnce(t.Context(), drawn, was(true, nil), makeIt), "it is there")
	require.Equal(t, kernel.CodeConflict, kernel.CodeOf(base.MakeOnce(t.Context(), drawn, was(false, nil), makeIt)), "something else is there")
	require.ErrorIs(t, base.MakeOnce(t.Context(), drawn, was(false, context.Canceled), makeIt), context.Canceled)
	require.Equal(t, 2, made)

	// Of two at once the second is refused by the database, and finds what the first made.
	looks := 0
	meanwhile := func(kernel.Tx) (bool, error) {
		if looks++; looks == 1 {
			return false, nothing
		}
		return true, nil
	}
	refused := func(kernel.Tx) error {
		return kernel.Errorf(kernel.CodeConflict, "stored meanwhile").WithReason(kernel.ReasonTaken)
	}
	require.NoError(t, base.MakeOnce(t.Context(), drawn, meanwhile, refused))
	require.Equal(t, 2, looks)
}
