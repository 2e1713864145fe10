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
	for name, text := range map[string]string{
		"nothing": "", "escapes": "%%%", "no Base64": "not base64!", "broken pairs": segment("%zz=1&=&&&"),
		"a negative number": segment("cv=-4"),
		"too much":          segment("cvn=" + strings.Repeat("1", 64<<10)),
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, links.ParseMetadata(text).IsZero())
		})
	}
	require.False(t, links.ParseMetadata(segment("cvn="+strings.Repeat("1", 40<<10))).IsZero(), "what fits is read")
}

func TestASelectorOfMetadataEndsWhereAnAttributeComesAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, query string
		want        []links.MetadataSelector
	}{
		{"a branch", "s[][b]=a&s[][b]=b", []links.MetadataSelector{{Branch: "a"}, {Branch: "b"}}},
		{"a tag", "s[][t]=a&s[][l]=true&s[][t]=b", []links.MetadataSelector{{Tag: "a", Latest: true}, {Tag: "b"}}},
		{"latest", "s[][l]=true&s[][l]=false", []links.MetadataSelector{{Latest: true}, {NotLatest: true}}},
		{"an environment", "s[][e]=a&s[][e]=b", []links.MetadataSelector{{Environment: "a"}, {Environment: "b"}}},
		{"what comes after a version", "s[][b]=a&s[][cv]=3&s[][t]=b", []links.MetadataSelector{{Branch: "a", ConsumerVersionID: 3}, {Tag: "b"}}},
		{"a word nobody knows", "s[][b]=a&s[][zz]=1", []links.MetadataSelector{{Branch: "a"}}},
		{"no number of a version", "s[][b]=a&s[][cv]=-3", []links.MetadataSelector{{Branch: "a"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, links.ParseMetadata(segment(tt.query)).Selectors)
		})
	}
}

func TestAPartOfMetadataThatCannotBeReadTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, links.Metadata{ConsumerVersionNumber: "1"}, links.ParseMetadata(segment("cvn=1&%zz=2&p=perhaps&w")))
}

// segment writes a query as a segment of an address, as an old pipeline may hold it.
func segment(query string) string { return base64.RawURLEncoding.EncodeToString([]byte(query)) }
