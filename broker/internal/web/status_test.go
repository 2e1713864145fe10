package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func TestAFailureThatDidNotCountIsStillRed(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, tt := range []struct {
		v    kernel.Verification
		want kit.Verdict
	}{
		{kernel.Verification{Success: true, Pending: &yes}, kit.Yes("verified")},
		{kernel.Verification{Pending: &yes}, kit.No("failed, pending")},
		{kernel.Verification{Pending: &no}, kit.No("failed")},
		{kernel.Verification{}, kit.No("failed")},
	} {
		require.Equal(t, tt.want, verificationStatus(tt.v))
	}
}

func TestAYesThatRestsOnNothingIsNotGreen(t *testing.T) {
	t.Parallel()
	proven := matrix.Counts{Success: 1}
	require.Equal(t, kit.ClassYes, decisionVerdict(matrix.HeadlineYes, proven).Class)
	require.Equal(t, kit.ClassNone, decisionVerdict(matrix.HeadlineYes, matrix.Counts{Ignored: 3}).Class)
	for _, h := range []matrix.Headline{matrix.HeadlineNo, matrix.HeadlineUnknown, matrix.HeadlineDoubt} {
		require.NotEqual(t, kit.ClassYes, decisionVerdict(h, proven).Class)
	}
}
