package caught_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/caught"
)

func throws(value any) { panic(value) }

func TestAPanicTellsItsValueAndItsPlace(t *testing.T) {
	t.Parallel()
	err := caught.Do(func() { throws("no rows") })
	require.ErrorContains(t, err, "it panicked: no rows\n  at caught_test.throws (caught_test.go:")
	require.NotContains(t, err.Error(), "/", "no folder of the machine is told")
	require.NoError(t, caught.Do(func() {}))
}

func TestAFaultOfTheRuntimeTellsTheLineThatHasIt(t *testing.T) {
	t.Parallel()
	var none map[string]int
	err := caught.Do(func() { none["a"] = 1 })
	require.ErrorContains(t, err, "nil map")
	require.ErrorContains(t, err, "caught_test.go:")
	var fault runtime.Error
	require.ErrorAs(t, err, &fault)
}

func TestAnErrorThatIsThrownCanBeFound(t *testing.T) {
	t.Parallel()
	thrown := errors.New("thrown")
	require.ErrorIs(t, caught.Do(func() { throws(thrown) }), thrown)
}

func TestAFunctionThatEndsItsGoroutineDoesNotEndTheCallers(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, <-caught.Apart(func() error { runtime.Goexit(); return nil }), "without returning")
	require.ErrorContains(t, <-caught.Apart(func() error { panic("a") }), "it panicked: a")
	require.NoError(t, <-caught.Apart(func() error { return nil }))
}
