package kernel_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestABodyIsReadAsItWasStored(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][]byte{
		"none": nil, "short": []byte(`{"a":1}`), "large": bytes.Repeat([]byte(`{"description":"the same again"}`), 10_000),
	} {
		packed, err := kernel.PackBody(body)
		require.NoError(t, err)
		read, err := kernel.UnpackBody(packed)
		require.NoError(t, err)
		require.Equal(t, body, read, "a body that is %s", name)
		if name == "large" {
			require.Less(t, len(packed), len(body)/10, "a body that repeats itself is stored small")
		}
	}
}

func TestADamagedBodyIsAnErrorAndNotAPact(t *testing.T) {
	t.Parallel()
	packed, err := kernel.PackBody([]byte(`{"interactions":[]}`))
	require.NoError(t, err)
	for name, damaged := range map[string][]byte{"cut short": packed[:len(packed)-3], "something else": []byte("interactions")} {
		_, err := kernel.UnpackBody(damaged)
		require.ErrorContains(t, err, "read a stored body", "a stored body that is %s", name)
	}
}
