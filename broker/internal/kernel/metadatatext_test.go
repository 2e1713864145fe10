package kernel_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestMetadataSurvivesItsAddress(t *testing.T) {
	t.Parallel()
	yes := true
	for name, m := range map[string]kernel.PactMetadata{
		"nothing": {},
		"selectors that a nested query would mix": {Pending: &yes, Selectors: []kernel.MetadataSelector{
			{ConsumerVersionID: 1}, {Tag: "dev", Latest: true, ConsumerVersionID: 2}, {Branch: "feat/x", NotLatest: true, ConsumerVersionID: 3},
		}},
		"a triggered build": {ConsumerVersionNumber: "1 & 2=3", ConsumerVersionTags: []string{"a", "b"}, WIP: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, m, kernel.DecodeMetadata(m.Encode()))
		})
	}
}

func TestMetadataHasTheFormOfPactBroker(t *testing.T) {
	t.Parallel()
	pending := true
	m := kernel.PactMetadata{Pending: &pending, Selectors: []kernel.MetadataSelector{{Environment: "prod", ConsumerVersionID: 5}}}

	text, err := base64.RawURLEncoding.DecodeString(m.Encode())
	require.NoError(t, err)
	require.Equal(t, "s%5B%5D%5Be%5D=prod&s%5B%5D%5Bcv%5D=5&p=true", string(text))
}

func TestBadMetadataCountsAsNone(t *testing.T) {
	t.Parallel()
	for _, segment := range []string{"", "%%%", "not base64!", base64.RawURLEncoding.EncodeToString([]byte("%zz=1&s[][cv]=-4&=&&&"))} {
		require.NotPanics(t, func() { kernel.DecodeMetadata(segment) })
	}
}
