// Package brokertest starts a whole broker inside a test, in one line:
//
//	broker := brokertest.Start(t)
//	c, err := client.New(client.Config{BaseURL: broker.URL()})
//
// It is the broker itself, with a database of its own, and no stand-in for one.
// Tests of a consumer or a provider have no need of it: packages dsl and verifier
// work with pact files.
package brokertest

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
)

// Option changes the options of a broker before it starts: one of this package, or
// a function of the test's for what has none.
type Option func(*broker.Options)

// Start starts a broker on a free port of this machine, with an SQLite file in
// a folder that goes with the test. Its warnings stand among the lines of the test.
// It is stopped when the test ends. The test fails if starting or stopping does. Each
// call starts another one, so parallel tests do not meet.
func Start(t testing.TB, changes ...Option) *broker.Broker {
	t.Helper()
	options := broker.DefaultOptions()
	options.Host = "127.0.0.1"
	options.Port = 0
	options.Database = "sqlite:" + filepath.Join(t.TempDir(), "treaty.db")
	options.LogLevel = "warn"
	options.LogTo = logWriter{t}
	for _, change := range changes {
		change(&options)
	}
	broker, err := broker.New(t.Context(), options)
	require.NoError(t, err)
	broker.Start()
	t.Cleanup(func() { require.NoError(t, broker.Stop()) })
	return broker
}

// Password makes the broker ask for a user and password to read and write.
func Password(user, password string) Option {
	return func(o *broker.Options) {
		o.Auth.Username, o.Auth.Password = user, broker.Secret(password)
	}
}

// ReadOnlyPassword adds a user who may only read. It goes with Password.
func ReadOnlyPassword(user, password string) Option {
	return func(o *broker.Options) {
		o.Auth.ReadOnlyUsername, o.Auth.ReadOnlyPassword = user, broker.Secret(password)
	}
}

// Database puts the broker on another database than a fresh SQLite file: url is as
// in [broker.Options], such as postgres://…. What is there already is there for the
// test.
func Database(url string) Option {
	return func(o *broker.Options) { o.Database = url }
}

// logWriter shows the broker's warnings where the test's own lines are.
type logWriter struct{ t testing.TB }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Helper()
	w.t.Log(string(p))
	return len(p), nil
}
