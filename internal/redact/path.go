package redact

import (
	"regexp"
	"strings"
)

// secretPaths are the addresses of services that take who knows a path for who may
// use it: the part in brackets is the secret. What follows a host's name is the path
// as it is written. Stars are found like the secret that they stand for. The last one is the form of Mattermost and Rocket.Chat, which
// people run under names of their own.
var secretPaths = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^hooks\.slack\.com(?::\d+)?/(?:services|workflows|triggers)/[^/]+/(.+)$`),
	regexp.MustCompile(`(?i)^(?:[a-z.]+\.)?discord(?:app)?\.com(?::\d+)?/api/(?:v\d+/)?webhooks/[^/]+/([^/]+)`),
	regexp.MustCompile(`(?i)^(?:[a-z0-9.-]+\.webhook|outlook)\.office(?:365)?\.com(?::\d+)?/webhook(?:b2)?/(.+)$`),
	regexp.MustCompile(`(?i)^hooks\.zapier\.com(?::\d+)?/hooks/catch/[^/]+/([^/]+)`),
	regexp.MustCompile(`(?i)^api\.telegram\.org(?::\d+)?/bot([^/]+)`),
	regexp.MustCompile(`(?i)^maker\.ifttt\.com(?::\d+)?/trigger/[^/]+/(?:json/)?with/key/([^/]+)`),
	regexp.MustCompile(`^[^/]+/hooks/(?:[^/]+/)?([A-Za-z0-9]{15,}|\*{10})$`),
}

// maskPath masks the secret in the path of such an address, which is given without
// its scheme.
func maskPath(place string, mask func(string) string) string {
	for _, form := range secretPaths {
		if at := form.FindStringSubmatchIndex(place); at != nil {
			return place[:at[2]] + mask(place[at[2]:at[3]]) + place[at[3]:]
		}
	}
	return place
}

// leastCode is how long a parameter "code" is that is taken for the key of a function
// or of a sign-in, and not for the code of a country or a product.
const leastCode = 20

// isSecretParameter reports whether a parameter of an address holds a secret.
func isSecretParameter(name, value string) bool {
	return Name(name) || strings.EqualFold(name, "code") && len(value) >= leastCode
}
