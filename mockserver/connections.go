package mockserver

import (
	"net"
	"net/http"
	"sync"
)

// connections are the open ones of a server.
//
// A suite starts a server for each test. The side that closes a connection
// first keeps its two ports for a minute, so the connections of some thousand
// tests would use up the ports of the machine. Those of a server that is closed
// are therefore reset, which keeps nothing. The next test gets another port on
// purpose: a late request of the one before must not be taken for its own.
type connections struct {
	mu   sync.Mutex
	open map[net.Conn]http.ConnState
	// large is true once more was sent than a client surely has received when
	// it has seen the beginning. A reset would take the rest away.
	large bool
}

// certain is how much of a response on this machine's own network the client's
// side takes in at once, read or not.
const certain = 32 << 10

// note follows the life of a connection, as [http.Server.ConnState] tells it.
func (c *connections) note(connection net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateClosed, http.StateHijacked:
		delete(c.open, connection)
	default:
		if c.open == nil {
			c.open = map[net.Conn]http.ConnState{}
		}
		c.open[connection] = state
	}
}

// sends notes that a body of that size is sent.
func (c *connections) sends(size int) {
	if size > certain {
		c.mu.Lock()
		c.large = true
		c.mu.Unlock()
	}
}

// forget makes the connections to this machine end at once when they are
// closed next.
func (c *connections) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.large {
		return
	}
	for connection := range c.open {
		if secure, ok := connection.(interface{ NetConn() net.Conn }); ok {
			connection = secure.NetConn()
		}
		plain, ok := connection.(*net.TCPConn)
		if !ok {
			continue
		}
		if peer, ok := plain.RemoteAddr().(*net.TCPAddr); ok && peer.IP.IsLoopback() {
			_ = plain.SetLinger(0)
		}
	}
}
