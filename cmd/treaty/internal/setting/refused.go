package setting

import "strings"

// refused is a setting of the Pact Broker that means nothing here, or that has
// one value only here. docs/configuration.md and the errors of treaty serve
// are made from the table below.
type refused struct {
	// variable is the name without PACT_BROKER_; one that ends with * stands
	// for all that begin like it.
	variable string
	// accepts are the values that say what Treaty does anyway.
	accepts []string
	// why is a sentence: why it is refused and what to do instead.
	why string
}

// refusedSettings lists them by subject.
func refusedSettings() []refused {
	off, on := []string{"false"}, []string{"true"}
	return []refused{
		{"CONF", nil, "There is no configuration file; give each of its settings as a variable or as a flag."},

		{"LOG_DIR", nil, "The log goes to a stream and never to a file; redirect the stream, or let the container keep it."},
		{"LOG_APPENDERS*", nil, "There is one log; choose it by PACT_BROKER_LOG_STREAM and PACT_BROKER_LOG_FORMAT, and send traces by OTEL_EXPORTER_OTLP_ENDPOINT."},
		{"LOG_APPLICATION", nil, "Lines of the log do not name the application; OTEL_SERVICE_NAME names it in traces, and a collector can add it to the log."},
		{"LOG_ENVIRONMENT", nil, "Lines of the log do not name the stage; let the collector of the log add it."},
		{"LOG_OTEL_ENABLED", []string{"false", "auto"}, "The log is not sent to OpenTelemetry; traces are, where OTEL_EXPORTER_OTLP_ENDPOINT says."},
		{"LOG_CONFIGURATION_ON_STARTUP", off, "The settings are not logged at the start; treaty serve --help lists them with their defaults."},
		{"CUSTOM_LOG_FORMATTERS*", nil, "Formatters are Ruby classes; choose PACT_BROKER_LOG_FORMAT text or json."},
		{"WARNING_ERROR_CLASS_NAMES", nil, "It lists Ruby classes; here an error that the client can mend is answered and not logged, and any other is logged with a reference."},
		{"HTTP_DEBUG_LOGGING_ENABLED", off, "Bodies and headers are never logged, as they may hold secrets; PACT_BROKER_LOG_LEVEL=debug logs a line for each request."},
		{"HIDE_PACTFLOW_MESSAGES", on, "There are no such messages to show."},
		{"SQL_ENABLE_CALLER_LOGGING", off, "Statements are logged without their callers; traces show which request ran how long."},

		{"DATABASE_CONNECTION_VALIDATION_TIMEOUT", nil, "Broken connections are noticed when they are used and replaced without a check before each use."},
		{"VALIDATE_DATABASE_CONNECTION_CONFIG", on, "The database is always checked at the start, with a clear refusal."},
		{"AUTO_MIGRATE_DB", on, "The schema is always brought up to date at the start, under a lock; to look before, start a copy made by treaty backup."},
		{"AUTO_MIGRATE_DB_DATA", on, "Data are always migrated together with the schema."},
		{"ALLOW_MISSING_MIGRATION_FILES", off, "An older Treaty never works on the schema of a newer one, which could lose data; restore a backup to go back."},
		{"MIGRATION_TARGET", nil, "A schema is brought up to date in one go by treaty serve; there is no step to a version in between."},
		{"METRICS_SQL_STATEMENT_TIMEOUT", nil, "Metrics have no time limit of their own; PACT_BROKER_DATABASE_STATEMENT_TIMEOUT holds for all statements."},

		{"USE_HAL_BROWSER", on, "The browser of the API is always there; a proxy before the broker can close /hal-browser."},
		{"USE_RACK_PROTECTION", on, "The protections of the pages (a strict content policy, no cookies, no framing) cannot be switched off."},
		{"RACK_PROTECTION_*", nil, "It names parts of a Ruby library; the pages here have a strict content policy, no cookies and no framing."},
		{"NETWORK_DIAGRAM_MAX_PACTICIPANTS", nil, "There is no diagram of the whole network; the page of an application shows its neighbours."},
		{"PUMA_*", nil, "There is no Puma and no pool of threads or workers to size: each request has its own goroutine; PACT_BROKER_DATABASE_MAX_CONNECTIONS bounds what reaches the database."},
		{"PASSENGER_*", nil, "There is no Passenger: one process serves all requests and uses all processors, GOMAXPROCS fewer; your supervisor or orchestrator restarts it."},

		{"SEMVER_FORMATS", []string{"%M.%m.%p%s%d %M.%m %M", "%M.%m.%p%s%d,%M.%m,%M"}, "Where versions are ordered by number (PACT_BROKER_ORDER_VERSIONS_BY_DATE=false) they are semantic versions, with one to three numbers."},
		{"SEED_EXAMPLE_DATA", off, "A new broker is empty; treaty demo fills one with an example."},
		{"FEATURES", nil, "Nothing is in a trial that could be switched on or off by a name."},

		{"DOCKER_VERSION", nil, "It is set in images of the Pact Broker for their telemetry; build yours from another image. Treaty sends none."},
		{"DOCKER_PLATFORM", nil, "It is set in images of the Pact Broker for their telemetry; build yours from another image. Treaty sends none."},
	}
}

// findRefused returns the row for a variable, without prefix.
func findRefused(variable string) (refused, bool) {
	for _, r := range refusedSettings() {
		stem, family := strings.CutSuffix(r.variable, "*")
		if r.variable == variable || family && strings.HasPrefix(variable, stem) {
			return r, true
		}
	}
	return refused{}, false
}

// takes reports whether the value says what Treaty does anyway.
func (r refused) takes(value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	if value == "" {
		return true
	}
	for _, accepted := range r.accepts {
		if strings.ToLower(accepted) == value {
			return true
		}
	}
	return false
}

// olderNames are names that the Pact Broker still understands, or that its
// image did.
var olderNames = map[string]string{
	"ENABLE_PUBLIC_BADGE_ACCESS": "ENABLE_BADGE_RESOURCES",
	"DATABASE_CLEAN_ENABLED":     "DATABASE_BETA_CLEAN_ENABLED",
}

// clientNames are variables of those who ask a broker: of the Pact clients and
// of our commands. They may well be set where a broker is started.
var clientNames = []string{
	"BROKER_BASE_URL", "URL", "USERNAME", "PASSWORD", "TOKEN", "HTTP_RETRIES", "ERROR_ON_UNKNOWN_OPTION",
	"CAN_I_DEPLOY_*", "CAN_I_MERGE_*", "PUBLISH_VERIFICATION_RESULTS",
}

// isClientName reports whether a variable, without prefix, belongs to a client.
func isClientName(variable string) bool {
	for _, name := range clientNames {
		stem, family := strings.CutSuffix(name, "*")
		if name == variable || family && strings.HasPrefix(variable, stem) {
			return true
		}
	}
	return false
}
