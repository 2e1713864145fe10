package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

const guide = "../../docs/guide/replicas.md"

// TestTheGuideCanBePasted holds the URLs, the settings and PgBouncer's file of the
// guide for replicas to what takes them.
func TestTheGuideCanBePasted(t *testing.T) {
	t.Parallel()
	text := read(t, guide)

	urls := regexp.MustCompile("postgres://[^`' ]+").FindAllString(text, -1)
	require.GreaterOrEqual(t, len(urls), 7)
	// Without the files of certificates, which are not here.
	certificates := regexp.MustCompile(`&?sslrootcert=[^&]+`)
	for _, url := range urls {
		config, err := pgx.ParseConfig(certificates.ReplaceAllString(url, ""))
		require.NoError(t, err, url)
		require.Equal(t, "change-me", config.Password, url)
		if strings.Contains(config.Host, ",") || strings.Count(url, ":5432") > 1 {
			require.Contains(t, url, "target_session_attrs=read-write", "one of several hosts is the primary")
		}
	}

	known := read(t, "../../docs/configuration.md")
	for _, name := range regexp.MustCompile(`PACT_BROKER_[A-Z_]+`).FindAllString(text, -1) {
		require.Contains(t, known, "`"+name+"`")
	}

	played := settingsOf(bouncerSettings)
	_, ini, found := strings.Cut(text, "```ini\n")
	require.True(t, found)
	ini, _, _ = strings.Cut(ini, "```")
	for name, value := range settingsOf(ini) {
		require.Contains(t, played, name, "PgBouncer is played without it")
		if name == "pool_mode" || name == "server_login_retry" {
			require.Equal(t, played[name], value, name)
		}
	}
}

func settingsOf(ini string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(ini) {
		if name, value, found := strings.Cut(line, " = "); found {
			out[name] = strings.TrimSpace(value)
		}
	}
	return out
}

// TestTheGuideQuotesWhatTheBrokerSays looks for each message of the table in the
// broker's code.
func TestTheGuideQuotesWhatTheBrokerSays(t *testing.T) {
	t.Parallel()
	quotes := regexp.MustCompile(`"([a-z][^"|]{20,})"`)
	var said []string
	for line := range strings.Lines(read(t, guide)) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		for _, quote := range quotes.FindAllStringSubmatch(line, -1) {
			said = append(said, quote[1])
		}
	}
	require.GreaterOrEqual(t, len(said), 6)
	var code strings.Builder
	require.NoError(t, filepath.WalkDir("../../broker", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			code.WriteString(read(t, path))
		}
		return err
	}))
	for _, message := range said {
		require.Contains(t, code.String(), message, "nothing in the broker says %q", message)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
