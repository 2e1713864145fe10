package links_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/links"
)

func TestMetadataSurvivesItsAddress(t *testing.T) {
	t.Parallel()
	yes := true
	for name, m := range map[string]links.Metadata{
		"nothing": {},
		"selectors that a nested query would mix": {Pending: &yes, Selectors: []links.MetadataSelector{
			{ConsumerVersionID: 1}, {Tag: "dev", Latest: true, ConsumerVersionID: 2}, {Branch: "feat/x", NotLatest: true, ConsumerVersionID: 3},
		}},
		"a triggered build": {ConsumerVersionNumber: "1 & 2=3", ConsumerVersionTags: []string{"a", "b"}, WIP: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, m, links.ParseMetadata(m.Encode()))
		})
	}
}

func TestMetadataHasTheFormOfPactBroker(t *testing.T) {
	t.Parallel()
	pending := true
	m := links.Metadata{Pending: &pending, Selectors: []links.MetadataSelector{{Environment: "prod", ConsumerVersionID: 5}}}

	text, err := base64.RawURLEncoding.DecodeString(m.Encode())
	require.NoError(t, err)
	require.Equal(t, "s%5B%5D%5Be%5D=prod&s%5B%5D%5Bcv%5D=5&p=true", string(text))
}

func TestBadMetadataCountsAsNone(t *testing.T) {
	t.Parallel()
	segment := base64.RawURLEncoding.EncodeToString
	for name, text := range map[string]string{
		"nothing": "", "escapes": "%%%", "no Base64": "not base64!", "broken pairs": segment([]byte("%zz=1&=&&&")),
		"a negative number": segment([]byte("cv=-4")),
		"too much":          segment([]byte("cvn=" + strings.Repeat("1", 64<<10))),
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, links.ParseMetadata(text).IsZero())
		})
	}
	require.False(t, links.ParseMetadata(segment([]byte("cvn="+strings.Repeat("1", 40<<10)))).IsZero(), "what fits is read")
}
