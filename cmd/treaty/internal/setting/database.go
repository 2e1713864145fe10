package setting

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// sslModes are those of PostgreSQL.
var sslModes = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

// databaseFromParts builds the database URL from the variables that the Pact
// Broker's image takes instead of one URL. A URL, where there is one, is read
// later and wins.
func databaseFromParts(e command.Env, options *broker.Options) error {
	part := func(name string) string { return strings.TrimSpace(e.Getenv("PACT_BROKER_DATABASE_" + name)) }
	adapter, name := part("ADAPTER"), part("NAME")
	switch {
	case adapter != "" && adapter != "postgres" && adapter != "postgresql" && adapter != "sqlite":
		return command.Next(fmt.Errorf("PACT_BROKER_DATABASE_ADAPTER is %q", output.Shorten(adapter)), "set it to postgres or sqlite")
	case name == "" && part("HOST") != "" && !hasDatabaseURL(e):
		return command.Next(fmt.Errorf("PACT_BROKER_DATABASE_HOST is set, but no database is named"), "set PACT_BROKER_DATABASE_NAME, or PACT_BROKER_DATABASE_URL alone")
	case name == "":
		return nil
	case adapter == "sqlite":
		options.Database = "sqlite:" + name
		return nil
	}
	u := url.URL{Scheme: "postgres", Host: e.Or(part("HOST"), "PGHOST"), Path: "/" + name}
	if u.Host == "" {
		u.Host = "localhost"
	}
	if port := part("PORT"); port != "" && !isAddress(port) { // Kubernetes sets it for a service pact-broker-database
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return command.Next(fmt.Errorf("PACT_BROKER_DATABASE_PORT is %q, which is not a port", output.Shorten(port)), "correct it or unset it")
		}
		u.Host += ":" + port
	}
	if user := part("USERNAME"); user != "" {
		u.User = url.UserPassword(user, e.Getenv("PACT_BROKER_DATABASE_PASSWORD"))
	}
	if mode := part("SSLMODE"); mode != "" {
		if !slices.Contains(sslModes, mode) {
			return command.Next(fmt.Errorf("PACT_BROKER_DATABASE_SSLMODE is %q", output.Shorten(mode)), "set it to one of %s", strings.Join(sslModes, ", "))
		}
		u.RawQuery = "sslmode=" + url.QueryEscape(mode)
	}
	options.Database = u.String()
	return nil
}

// hasDatabaseURL reports whether a variable gives the whole URL.
func hasDatabaseURL(e command.Env) bool {
	for _, s := range settings() {
		if s.variable == "DATABASE_URL" {
			_, _, found := s.lookup(e, s.value(&Config{}))
			return found
		}
	}
	return false
}

// inFolder makes the path of an SQLite file count from the working folder.
func inFolder(e command.Env, database string) string {
	path, found := strings.CutPrefix(database, "sqlite:")
	if !found {
		path = database // a plain path, if it is not a URL of another kind
	}
	if path == "" || strings.Contains(path, ":") || strings.HasPrefix(path, "/") {
		return database
	}
	return "sqlite:" + e.Path(path)
}

// BindDatabase adds the option of serve that names the database, for a command beside
// it; [Database] reads it.
func BindDatabase(f *pflag.FlagSet, value *string) {
	f.StringVar(value, "database", "", "database of the broker, as for serve (PACT_BROKER_DATABASE_URL; sqlite:treaty.db)")
}

// Database returns the URL that the flag, the variable or the default gives.
func Database(e command.Env, given string) string {
	url := e.Or(given, ownPrefix+"DATABASE_URL", "PACT_BROKER_DATABASE_URL")
	if url == "" {
		url = broker.DefaultOptions().Database
	}
	return inFolder(e, url)
}
