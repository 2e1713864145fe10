package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Proxy stands between a broker and its PostgreSQL. It counts how often the
// broker waits for the server, and does to the connections what a network or a
// dying server does to them.
type Proxy struct {
	t        testing.TB
	listener net.Listener
	target   string
	base     *url.URL

	trips atomic.Int64
	mu    sync.Mutex
	turn  *sync.Cond
	// links are the connections that are open, as the proxy has them.
	links  map[*link]bool
	frozen bool
	closed bool
	refuse bool
	delay  time.Duration
	watch  func(Message) Fate
	// watching is held while watch is called.
	watching sync.Mutex
}

// Message is what the broker sends to the server.
type Message struct {
	// Kind is the protocol's letter: Q is a simple query, P one to be prepared,
	// B the values with which one is run, S the end of what is answered together.
	// It is 0 for the one that begins a connection.
	Kind byte
	Body []byte
	// Runs is the statement that is run: of Q, and of B.
	Runs string
}

// Says reports whether the message runs a statement that has these words, in
// small letters.
func (m Message) Says(words string) bool {
	return strings.Contains(strings.ToLower(m.Runs), words)
}

// Fate is what happens to a message.
type Fate int

// The fates of a message, and of its connection.
const (
	// Pass sends it on.
	Pass Fate = iota
	// CutBefore ends the connection: the server never hears of the message.
	CutBefore
	// CutAfter sends it on with what is answered together with it, and ends the
	// connection in place of the answer.
	CutAfter
)

// NewProxy starts a proxy in front of the server of a postgres:// URL. It ends
// with the test.
func NewProxy(t testing.TB, database string) *Proxy {
	t.Helper()
	base, err := url.Parse(database)
	require.NoError(t, err)
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	target := base.Host
	if base.Port() == "" {
		target = net.JoinHostPort(base.Hostname(), "5432")
	}
	p := &Proxy{t: t, listener: listener, target: target, base: base, links: map[*link]bool{}}
	p.turn = sync.NewCond(&p.mu)
	go p.accept()
	t.Cleanup(p.close)
	return p
}

// URL is the database's, by way of the proxy.
func (p *Proxy) URL() string {
	through := *p.base
	through.Host = p.Address()
	return through.String()
}

// Address is the host and the port of the proxy.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Trips is how often somebody waited for the server since the last ResetTrips. The
// end of a snapshot, for which nobody waits, does not count, and neither does the
// beginning of a connection.
func (p *Proxy) Trips() int { return int(p.trips.Load()) }

// ResetTrips counts from nothing again.
func (p *Proxy) ResetTrips() { p.trips.Store(0) }

// Delay makes each way take so long: to the server, and back. It is 0 at first.
func (p *Proxy) Delay(each time.Duration) { p.with(func() { p.delay = each }) }

// Freeze lets nothing pass any more, as if the server had been stopped:
// connections stay, and new ones are taken and never answered.
func (p *Proxy) Freeze() { p.with(func() { p.frozen = true }) }

// Thaw ends Freeze. What was on its way arrives.
func (p *Proxy) Thaw() { p.with(func() { p.frozen = false }) }

// Refuse ends new connections at once, or no longer does.
func (p *Proxy) Refuse(refuse bool) { p.with(func() { p.refuse = refuse }) }

// Watch asks fn about each message to the server. fn is not called by two at once.
func (p *Proxy) Watch(fn func(Message) Fate) { p.with(func() { p.watch = fn }) }

// Cut ends all connections as a network does.
func (p *Proxy) Cut() {
	for _, l := range p.open() {
		l.end()
	}
}

// Connections is how many are open.
func (p *Proxy) Connections() int { return len(p.open()) }

func (p *Proxy) with(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	p.turn.Broadcast()
}

func (p *Proxy) open() []*link {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]*link, 0, len(p.links))
	for l := range p.links {
		out = append(out, l)
	}
	return out
}

func (p *Proxy) close() {
	p.with(func() { p.closed = true })
	_ = p.listener.Close()
	p.Cut()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.serve(client)
	}
}

func (p *Proxy) serve(client net.Conn) {
	l := &link{proxy: p, client: client, prepared: map[string]string{}}
	taken := false
	p.with(func() {
		if taken = !p.refuse && !p.closed; taken {
			p.links[l] = true
		}
	})
	if !taken || !p.pass(l) {
		l.end()
		return
	}
	server, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(context.Background(), "tcp", p.target)
	if err != nil || !l.joins(server) {
		l.end()
		return
	}
	there, back := make(chan parcel, 256), make(chan parcel, 256)
	go l.carry(server, there)
	go l.carry(client, back)
	go l.readServer(back)
	l.readClient(there)
}

// pass waits while the proxy is frozen. It is false once the connection has ended.
func (p *Proxy) pass(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.frozen && p.links[l] {
		p.turn.Wait()
	}
	return p.links[l]
}

// fate of a message to the server, which is counted here.
func (p *Proxy) fate(m Message) Fate {
	if m.Kind == 'S' || m.Kind == 'Q' && !m.Says("rollback") {
		p.trips.Add(1)
	}
	p.mu.Lock()
	watch := p.watch
	p.mu.Unlock()
	if watch == nil {
		return Pass
	}
	p.watching.Lock()
	defer p.watching.Unlock()
	return watch(m)
}

// link is a connection of the broker with its other half to the server.
type link struct {
	proxy          *Proxy
	client, server net.Conn
	// doomed is set while the connection is to end with the next answer.
	doomed atomic.Bool
	// prepared holds statements by their names.
	prepared map[string]string
}

// parcel is some bytes on their way.
type parcel struct {
	bytes []byte
	due   time.Time
	// last ends the connection when the bytes have arrived.
	last bool
}

// joins is false if the connection has ended meanwhile.
func (l *link) joins(server net.Conn) bool {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	l.server = server
	return l.proxy.links[l]
}

// end closes both halves. The broker finds its connection reset; the server still
// reads what has been sent to it.
func (l *link) end() {
	p := l.proxy
	p.with(func() {
		delete(p.links, l)
		if tcp, ok := l.client.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = l.client.Close()
		if l.server != nil {
			_ = l.server.Close()
		}
	})
}

// carry brings parcels to one side when they are due.
func (l *link) carry(to net.Conn, parcels <-chan parcel) {
	for some := range parcels {
		time.Sleep(time.Until(some.due))
		if !l.proxy.pass(l) {
			break
		}
		if _, err := to.Write(some.bytes); err != nil || some.last {
			break
		}
	}
	l.end()
	for range parcels { // whoever sends them must not wait
	}
}

func (l *link) parcel(some []byte, last bool) parcel {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	return parcel{some, time.Now().Add(l.proxy.delay), last}
}

func (l *link) readServer(parcels chan<- parcel) {
	defer close(parcels)
	for {
		buffer := make([]byte, 32<<10)
		n, err := l.server.Read(buffer)
		doomed := l.doomed.Load()
		if n > 0 && !doomed {
			parcels <- l.parcel(buffer[:n], false)
		}
		if err != nil || doomed && endsAnswer(buffer[:n]) {
			return
		}
	}
}

// readClient takes what the broker sends apart into messages.
func (l *link) readClient(parcels chan<- parcel) {
	defer close(parcels)
	reader := &messageReader{from: l.client}
	var some []byte
	cutting := false
	for {
		m, raw, err := reader.next()
		if err != nil {
			return
		}
		if isEncryptionRequest(m) {
			if _, err := l.client.Write([]byte("N")); err != nil {
				return
			}
			continue
		}
		fate := l.proxy.fate(l.understand(m))
		if fate == CutBefore {
			parcels <- l.parcel(some, true)
			return
		}
		some = append(some, raw...)
		cutting = cutting || fate == CutAfter
		if cutting && (m.Kind == 'Q' || m.Kind == 'S') {
			l.doomed.Store(true)
		}
		if reader.empty() {
			parcels <- l.parcel(some, false)
			some = nil
		}
	}
}

// endsAnswer reports whether the server has said that it is ready again.
func endsAnswer(some []byte) bool {
	at := len(some) - 6
	return at >= 0 && string(some[at:at+5]) == "Z\x00\x00\x00\x05"
}

// understand finds the statement that a message runs.
func (l *link) understand(m Message) Message {
	first, rest, _ := bytes.Cut(m.Body, []byte{0})
	second, _, _ := bytes.Cut(rest, []byte{0})
	switch m.Kind {
	case 'Q':
		m.Runs = string(first)
	case 'P': // the name, the statement
		l.prepared[string(first)] = string(second)
	case 'B': // the portal, the name
		m.Runs = l.prepared[string(second)]
	}
	return m
}

// isEncryptionRequest reports whether the broker asks for TLS or GSSAPI, of which
// the proxy would understand nothing.
func isEncryptionRequest(m Message) bool {
	return m.Kind == 0 && len(m.Body) == 4 && m.Body[0] == 0x04 && m.Body[1] == 0xd2 && (m.Body[3] == 0x2f || m.Body[3] == 0x30)
}

// messageReader reads the messages of PostgreSQL's protocol.
type messageReader struct {
	from  io.Reader
	ahead []byte
	begun bool
}

var errMessage = errors.New("this is not PostgreSQL's protocol")

// empty reports whether nothing more has been read already.
func (r *messageReader) empty() bool { return len(r.ahead) == 0 }

// next returns a message, and it as it came.
func (r *messageReader) next() (Message, []byte, error) {
	head := 4
	if r.begun {
		head = 5
	}
	if err := r.fill(head); err != nil {
		return Message{}, nil, err
	}
	at := r.ahead[head-4 : head]
	length := int(at[0])<<24 | int(at[1])<<16 | int(at[2])<<8 | int(at[3])
	if length < 4 || length > 1<<30 {
		return Message{}, nil, errMessage
	}
	whole := head - 4 + length
	if err := r.fill(whole); err != nil {
		return Message{}, nil, err
	}
	raw := r.ahead[:whole:whole]
	r.ahead = r.ahead[whole:]
	m := Message{Body: raw[head:]}
	if r.begun {
		m.Kind = raw[0]
	} else {
		r.begun = !isEncryptionRequest(m)
	}
	return m, raw, nil
}

// fill reads until there are n bytes.
func (r *messageReader) fill(n int) error {
	for len(r.ahead) < n {
		buffer := make([]byte, 32<<10)
		read, err := r.from.Read(buffer)
		r.ahead = append(r.ahead, buffer[:read]...)
		if err != nil && len(r.ahead) < n {
			return err
		}
	}
	return nil
}
