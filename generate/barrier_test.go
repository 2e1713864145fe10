package generate

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func TestAPanicKeepsTheExampleAndIsToldAsAnError(t *testing.T) {
	t.Parallel()
	p := &player{}
	value := "example"
	p.guarded(contract.CategoryBody, func() {
		var none []string
		value = none[0]
	})
	require.Equal(t, "example", value)
	var failed *Error
	require.ErrorAs(t, errors.Join(p.errs...), &failed)
	require.Contains(t, failed.Error(), "internal error")
	require.Equal(t, contract.CategoryBody, failed.Category)
}
