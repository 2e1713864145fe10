package command

import (
	"fmt"
	"slices"
	"strings"
)

// warnUnknown says which PACT_BROKER_ variables have no effect, so that nobody
// believes in a setting that is not there.
func warnUnknown(e Env) {
	known := knownVariables()
	var unknown []string
	for _, entry := range e.Environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, variablePrefix) && !slices.Contains(known, name) && !strings.Contains(name, "_SERVICE_") {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range slices.Compact(unknown) {
		fmt.Fprintf(e.Stderr, "treaty: %s has no effect here; see docs/configuration.md\n", name)
	}
}

// knownVariables are those of the settings, those that build a database URL,
// and those of the command line.
func knownVariables() []string {
	known := []string{
		"PACT_BROKER_DATABASE_ADAPTER", "PACT_BROKER_DATABASE_NAME", "PACT_BROKER_DATABASE_HOST",
		"PACT_BROKER_DATABASE_PORT", "PACT_BROKER_DATABASE_USERNAME", "PACT_BROKER_DATABASE_PASSWORD",
		"PACT_BROKER_DATABASE_SSLMODE", "PACT_BROKER_DATABASE_URL_ENVIRONMENT_VARIABLE_NAME",
		"PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME", "PACT_BROKER_SEED_EXAMPLE_DATA",
		"PACT_BROKER_BASE_URLS", "PACT_BROKER_BROKER_BASE_URL", "PACT_BROKER_USERNAME",
		"PACT_BROKER_PASSWORD", "PACT_BROKER_TOKEN", "PACT_BROKER_HTTP_RETRIES",
		"PACT_BROKER_LOG_STREAM", "PACT_BROKER_HIDE_PACTFLOW_MESSAGES",
	}
	for _, s := range settings() {
		if s.variable != "" {
			known = append(known, s.env())
		}
	}
	return known
}
