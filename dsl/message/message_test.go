package message_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
	v3 "github.com/treatyhq/treaty/dsl/message/v3"
	v4 "github.com/treatyhq/treaty/dsl/message/v4"
	"github.com/treatyhq/treaty/internal/golden"
)

type spy struct{ failures []string }

func (s *spy) Helper() {}
func (s *spy) Errorf(format string, args ...any) {
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
}

type event struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

type Map = matchers.MapMatcher

var contents = Map{"id": matchers.Integer(7), "name": matchers.Regex("lamp", "[a-z]+")}

func read(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "mailer-catalog.json"))
	require.NoError(t, err)
	return string(text)
}

func TestAMessageThatIsHandledIsWritten(t *testing.T) {
	t.Parallel()
	t.Run("V3", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: "mailer", Provider: "catalog", PactDir: dir})
		require.NoError(t, err)
		err = pact.AddAsynchronousMessage().
			GivenWithParameter(models.ProviderState{Name: "product exists", Parameters: map[string]any{"id": 7}}).
			ExpectsToReceive("a new product").
			WithMetadata(map[string]string{"topic": "products", "key": `{"pact:matcher:type":"regex","regex":"\\d+","value":"7"}`}).
			WithJSONContent(contents).
			AsType(&event{}).
			ConsumedBy(func(m v3.MessageContents) error {
				require.Equal(t, &event{ID: 7, Name: "lamp"}, m.Content)
				require.Equal(t, v3.Metadata{"topic": "products", "key": "7", "contentType": "application/json"}, m.Metadata)
				return nil
			}).
			Verify(t)
		require.NoError(t, err)
		golden.Equal(t, "async-v3.json", read(t, dir))
	})
	t.Run("V4", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "mailer", Provider: "catalog", PactDir: dir})
		require.NoError(t, err)
		err = pact.AddAsynchronousMessage().Given("product 7 exists").
			ExpectsToReceive("a new product").
			WithMetadata(map[string]string{"topic": "products"}).
			WithJSONContent(contents).
			AsType(event{}).
			ConsumedBy(func(m v4.AsynchronousMessage) error {
				require.Equal(t, event{ID: 7, Name: "lamp"}, m.Body)
				require.JSONEq(t, `{"id":7,"name":"lamp"}`, string(m.Contents))
				return nil
			}).
			Verify(t)
		require.NoError(t, err)
		golden.Equal(t, "async-v4.json", read(t, dir))
	})
}

func TestARequestMessageWithSeveralAnswersIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pact, err := v4.NewSynchronousPact(v4.Config{Consumer: "mailer", Provider: "catalog", PactDir: dir})
	require.NoError(t, err)
	err = pact.AddSynchronousMessage("a question for product 7").
		Given("product 7 exists").
		WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) {
			b.WithMetadata(map[string]string{"reply-to": "answers"}).WithJSONContent(Map{"id": matchers.Integer(7)})
		}).
		WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) {
			b.WithMetadata(map[string]string{"part": "1"}).WithJSONContent(contents)
			b.WithContent("text/plain", []byte("done")).WithMetadata(map[string]string{"part": "2"})
		}).
		ExecuteTest(t, func(m v4.SynchronousMessage) error {
			require.JSONEq(t, `{"id":7}`, string(m.Request.Contents))
			require.Len(t, m.Response, 2)
			require.Equal(t, "done", string(m.Response[1].Contents))
			return nil
		})
	require.NoError(t, err)
	golden.Equal(t, "sync-v4.json", read(t, dir))
}

func TestAMessageThatIsRefusedIsNotWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: "mailer", Provider: "catalog", PactDir: dir})
	require.NoError(t, err)
	boom := errors.New("boom")
	var s spy
	err = pact.AddAsynchronousMessage().ExpectsToReceive("a new product").
		WithContent("text/plain", []byte("hi")).
		ConsumedBy(func(m v3.MessageContents) error {
			require.Equal(t, []byte("hi"), m.Content)
			return boom
		}).
		Verify(&s)
	require.ErrorIs(t, err, boom)
	require.Equal(t, []string{`The message "a new product" was not handled as the contract says: boom`}, s.failures)
	require.NoFileExists(t, filepath.Join(dir, "mailer-catalog.json"))
}

func TestMisuseOfMessagesIsReported(t *testing.T) {
	t.Parallel()
	config := v4.Config{Consumer: "mailer", Provider: "catalog", PactDir: t.TempDir()}
	async, err := v4.NewAsynchronousPact(config)
	require.NoError(t, err)
	sync, err := v4.NewSynchronousPact(config)
	require.NoError(t, err)
	ignore := func(v4.AsynchronousMessage) error { return nil }
	for name, tt := range map[string]struct {
		run  func(*spy) error
		want string
	}{
		"no description": {func(s *spy) error {
			return async.AddAsynchronousMessage().ExpectsToReceive("").WithJSONContent(1).ConsumedBy(ignore).Verify(s)
		}, "call ExpectsToReceive"},
		"no handler": {func(s *spy) error {
			return async.AddAsynchronousMessage().ExpectsToReceive("x").WithJSONContent(1).ConsumedBy(nil).Verify(s)
		}, "call ConsumedBy"},
		"a wrong type": {func(s *spy) error {
			return async.AddAsynchronousMessage().ExpectsToReceive("x").WithJSONContent("text").AsType(event{}).ConsumedBy(ignore).Verify(s)
		}, "read the contents as message_test.event"},
		"variants": {func(s *spy) error {
			return async.AddAsynchronousMessage().ExpectsToReceive("x").WithJSONContent(Map{"a": dsl.Nullable(1)}).ConsumedBy(ignore).Verify(s)
		}, "variants are for responses over HTTP"},
		"a plugin": {func(s *spy) error {
			return async.AddAsynchronousMessage().ExpectsToReceive("x").UsingPlugin(v4.PluginConfig{Plugin: "protobuf", Version: "1"}).
				WithContents("{}", "application/protobuf").ExecuteTest(s, ignore)
		}, "protobuf 1 cannot be used"},
		"a plugin's transport": {func(s *spy) error {
			return sync.AddSynchronousMessage("x").UsingPlugin(v4.PluginConfig{Plugin: "grpc", Version: "1"}).
				WithContents("{}", "application/grpc").StartTransport("grpc", "127.0.0.1", nil).
				ExecuteTest(s, func(v4.TransportConfig, v4.SynchronousMessage) error { return nil })
		}, "transports of plugins are not run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s spy
			require.ErrorContains(t, tt.run(&s), tt.want)
			require.Len(t, s.failures, 1)
		})
	}
}

func TestNamesAreNeeded(t *testing.T) {
	t.Parallel()
	_, err := v3.NewAsynchronousPact(v3.Config{Provider: "p"})
	require.ErrorContains(t, err, "set Consumer")
	_, err = v4.NewAsynchronousPact(v4.Config{Consumer: "c"})
	require.ErrorContains(t, err, "set Provider")
	_, err = v4.NewSynchronousPact(v4.Config{Consumer: "c"})
	require.ErrorContains(t, err, "set Provider")
}
