package scenario_test

import (
	"testing"

	"github.com/treatyhq/treaty/broker/internal/scenario"
)

// The scenarios of each subject stand beside it. Here are those of what the
// language itself promises.
func TestTheLanguageIsPlayedAsWritten(t *testing.T) {
	t.Parallel()
	scenario.Run(t, "testdata")
}
