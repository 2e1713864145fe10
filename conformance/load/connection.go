package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// answerTime limits how long a client waits for an answer.
const answerTime = time.Minute

// connection is a client's connection to the broker. It writes and reads on the
// goroutine of its client: clients and broker share the processor, so what a
// client does beside its requests would be counted against the broker.
type connection struct {
	host   string
	conn   net.Conn
	reader *bufio.Reader
	text   []byte
}

func dial(ctx context.Context, address string) (*connection, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{host: address, conn: conn, reader: bufio.NewReaderSize(conn, 16<<10)}, nil
}

func (c *connection) close() error { return c.conn.Close() }

// send makes a request and reads the whole answer. A status of 300 or more is
// an error.
func (c *connection) send(ctx context.Context, method, path, body string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return nil, err
	}
	c.text = append(c.text[:0], method+" "+path+" HTTP/1.1\r\nHost: "+c.host+"\r\nAccept: application/hal+json\r\n"...)
	if body != "" {
		c.text = append(c.text, "Content-Type: application/json\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n"...)
	}
	c.text = append(append(c.text, "\r\n"...), body...)
	if _, err := c.conn.Write(c.text); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	answer, err := io.ReadAll(response.Body)
	err = errors.Join(err, response.Body.Close())
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	return answer, err
}
