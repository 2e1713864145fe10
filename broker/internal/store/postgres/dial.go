package postgres

import (
	"context"
	"net"
	"time"
)

const (
	// connectLimit is how long a server may take to take a connection.
	connectLimit = 2 * time.Second
	// silenceLimit is how long the other side's machine may leave bytes
	// unacknowledged.
	silenceLimit = 4 * time.Second
)

// dial connects to a server so that a network that loses everything is noticed
// within silenceLimit, also while nothing is sent.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{
		Timeout:         connectLimit,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 2 * time.Second, Interval: time.Second, Count: 2},
		Control:         limitSilence,
	}
	return d.DialContext(ctx, network, address)
}
