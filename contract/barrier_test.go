package contract

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPanicWhileReadingIsAnError(t *testing.T) {
	t.Parallel()
	read := func() (err error) {
		defer barrier(&err)
		var none []int
		return map[int]error{none[0]: nil}[0]
	}
	var format *FormatError
	require.ErrorAs(t, read(), &format)
	require.Contains(t, format.What, "internal error")
}
