package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/api"
)

func TestNamesThatPeopleCannotTellApartAreToldOf(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for _, tt := range []struct {
		name                                string
		consumer, version, branch, provider string
		want                                []string
	}{
		{"plain names", "Foo", "1", "main", "Bar", nil},
		{"a letter of another alphabet", "Fоо", "1", "main", "Bar", []string{"The application Fоо looks like another one that exists: Foo."}},
		{"known now", "Fоо", "2", "main", "Bar", nil},
		{"a hidden character in a new name", "Foo", "2", "main", "Bar\u200b", []string{
			"The name of the provider Bar[U+200B] holds what cannot be seen: U+200B (zero width space).",
			"The application Bar[U+200B] looks like another one that exists: Bar."}},
		{"in everything else", "Foo", "3\u202e", "ma\u00a0in", "Bar", []string{
			"The name of the version 3[U+202E] holds", "The name of the branch ma[U+00A0]in holds"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.publish(tt.consumer, tt.version, tt.branch, tt.provider, "thing")
			var warnings []string
			for _, item := range got.doc["notices"].([]any) {
				notice := item.(map[string]any)
				if notice["type"] == "warning" {
					warnings = append(warnings, notice["text"].(string))
				}
			}
			require.Len(t, warnings, len(tt.want), strings.Join(warnings, "\n"))
			for i, want := range tt.want {
				require.Contains(t, warnings[i], want)
			}
		})
	}
}
