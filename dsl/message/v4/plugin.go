package v4

import "errors"

// AsynchronousMessageWithPlugin is a message that asks for a plugin. It is here
// for pact-go's sake: ExecuteTest fails and says that plugins are not run.
type AsynchronousMessageWithPlugin struct {
	rootBuilder *AsynchronousMessageBuilder
}

// WithContents sets contents in the form that a plugin reads.
func (s *AsynchronousMessageWithPlugin) WithContents(contents string, contentType string) *AsynchronousMessageWithPluginContents {
	s.rootBuilder.message.Content(&s.rootBuilder.message.Request, contentType, []byte(contents))
	return &AsynchronousMessageWithPluginContents{rootBuilder: s.rootBuilder}
}

// AsynchronousMessageWithPluginContents is a message for a plugin that is described
// whole.
type AsynchronousMessageWithPluginContents struct {
	rootBuilder *AsynchronousMessageBuilder
}

// ExecuteTest fails the test and says that plugins are not run; integrationTest is
// not called.
func (s *AsynchronousMessageWithPluginContents) ExecuteTest(t TestingT, integrationTest func(m AsynchronousMessage) error) error {
	if t != nil {
		t.Helper()
	}
	return s.rootBuilder.pact.Verify(t, s.rootBuilder, integrationTest)
}

var errNoTransport = errors.New("transports of plugins are not run: hand the message to the consumer with ExecuteTest")

// StartTransport is accepted for the sake of pact-go. Plugins are not run, so
// the test fails with a sentence that says so.
func (s *AsynchronousMessageWithPluginContents) StartTransport(transport string, address string, config map[string][]interface{}) *AsynchronousMessageWithTransport {
	s.rootBuilder.message.Fail("transport "+transport, errNoTransport)
	return &AsynchronousMessageWithTransport{rootBuilder: s.rootBuilder, transport: TransportConfig{Address: address}}
}

// AsynchronousMessageWithTransport is a message on the transport of a plugin.
type AsynchronousMessageWithTransport struct {
	rootBuilder *AsynchronousMessageBuilder
	transport   TransportConfig
}

// ExecuteTest fails the test and says that transports of plugins are not run;
// integrationTest is not called.
func (s *AsynchronousMessageWithTransport) ExecuteTest(t TestingT, integrationTest func(tc TransportConfig, m AsynchronousMessage) error) error {
	if t != nil {
		t.Helper()
	}
	return s.rootBuilder.pact.Verify(t, s.rootBuilder, func(m AsynchronousMessage) error { return integrationTest(s.transport, m) })
}

// SynchronousMessageWithPlugin is a request message that asks for a plugin. It is
// here for pact-go's sake: ExecuteTest fails and says that plugins are not run.
type SynchronousMessageWithPlugin struct {
	sync *synchronous
}

// UsingPlugin asks for one more plugin, which fails the test like the first.
func (m *SynchronousMessageWithPlugin) UsingPlugin(config PluginConfig) *SynchronousMessageWithPlugin {
	m.sync.message.UsePlugin(config.Plugin, config.Version)
	return m
}

// WithContents sets contents in the form that a plugin reads.
func (m *SynchronousMessageWithPlugin) WithContents(contents string, contentType string) *SynchronousMessageWithPluginContents {
	m.sync.message.Content(&m.sync.message.Request, contentType, []byte(contents))
	return &SynchronousMessageWithPluginContents{sync: m.sync}
}

// SynchronousMessageWithPluginContents is an exchange for a plugin that is
// described whole.
type SynchronousMessageWithPluginContents struct {
	sync *synchronous
}

// ExecuteTest fails the test and says that plugins are not run; integrationTest is
// not called.
func (m *SynchronousMessageWithPluginContents) ExecuteTest(t TestingT, integrationTest func(m SynchronousMessage) error) error {
	if t != nil {
		t.Helper()
	}
	return m.sync.execute(t, integrationTest)
}

// StartTransport is accepted for the sake of pact-go. Plugins are not run, so
// the test fails with a sentence that says so.
func (m *SynchronousMessageWithPluginContents) StartTransport(transport string, address string, config map[string][]interface{}) *SynchronousMessageWithTransport {
	m.sync.message.Fail("transport "+transport, errNoTransport)
	return &SynchronousMessageWithTransport{sync: m.sync, transport: TransportConfig{Address: address}}
}

// SynchronousMessageWithTransport is an exchange on the transport of a plugin.
type SynchronousMessageWithTransport struct {
	sync      *synchronous
	transport TransportConfig
}

// ExecuteTest fails the test and says that transports of plugins are not run;
// integrationTest is not called.
func (m *SynchronousMessageWithTransport) ExecuteTest(t TestingT, integrationTest func(tc TransportConfig, m SynchronousMessage) error) error {
	if t != nil {
		t.Helper()
	}
	return m.sync.execute(t, func(message SynchronousMessage) error { return integrationTest(m.transport, message) })
}
