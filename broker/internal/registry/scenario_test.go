package registry_test

import (
	"testing"

	"github.com/treatyhq/treaty/broker/internal/scenario"
)

func TestTheBrokerAnswersAsWritten(t *testing.T) {
	t.Parallel()
	scenario.Run(t, "testdata")
}
