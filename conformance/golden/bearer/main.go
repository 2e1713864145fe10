// Command bearer stands between the tool that replays recorded answers and a broker
// that asks everybody who they are. To each request without credentials it adds a
// token; all else goes through byte by byte, the name of the host too, so that the
// answers are those which the broker gives to whoever has the token.
//
//	bearer -listen 127.0.0.1:9292 -token 'treaty token create …' -- treaty serve --port {port} …
//
// It starts the broker on a port of its own, which is put in place of {port}, and ends
// with it. Once the broker answers, so that its database is there, the command of -token
// prints the token; until then requests wait.
//
// The tool sends one request over each connection. A second one would go without the
// token, and its answer, 401, would tell.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long the broker may take to start, and a request to send its headers.
const patience = 60 * time.Second

func main() {
	listen := flag.String("listen", "127.0.0.1:9292", "address to listen at")
	maker := flag.String("token", "", "command of the shell that prints the token")
	flag.Parse()
	if flag.NArg() == 0 || *maker == "" {
		fmt.Fprintln(os.Stderr, "usage: bearer [-listen ADDRESS] -token COMMAND -- COMMAND…")
		os.Exit(2)
	}
	if err := run(*listen, *maker, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bearer:", err)
		os.Exit(1)
	}
}

func run(listen, maker string, command []string) error {
	// The port is taken at once: nobody else may believe it free while the broker starts.
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", listen)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	broker, err := start(command, port)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- broker.Wait() }()
	served := make(chan error, 1)
	go func() { served <- serve(listener, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), maker) }()
	select {
	case err = <-ended:
		return fmt.Errorf("the broker ended: %w", err)
	case err = <-served:
	case <-stop:
	}
	// Whoever stops the whole group has told the broker as well; to be told twice does
	// it no harm.
	_ = broker.Process.Signal(syscall.SIGTERM)
	fmt.Fprintln(os.Stderr, "bearer: told to end, the broker says:", <-ended)
	return err
}

// serve takes requests once the broker is there and the token is made.
func serve(listener net.Listener, to, maker string) error {
	if err := await(to); err != nil {
		return err
	}
	made := exec.CommandContext(context.Background(), "sh", "-c", maker) //nolint:gosec // given by the script that calls this tool
	made.Stderr = os.Stderr
	token, err := made.Output()
	if err != nil {
		return fmt.Errorf("make the token: %w", err)
	}
	accept(listener, to, strings.TrimSpace(string(token)))
	return nil
}

// await waits until the broker answers requests: it listens a moment before that, while
// it makes its tables.
func await(address string) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		status, err := ask(address)
		if err == nil && status < http.StatusInternalServerError {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the broker does not answer within %s: status %d, %w", patience, status, err)
		}
	}
}

func ask(address string) (status int, err error) {
	answer, err := http.Get("http://" + address + "/") //nolint:gosec,noctx // of this machine
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// freePort is a port that was free a moment ago.
func freePort() (int, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func start(command []string, port int) (*exec.Cmd, error) {
	args := make([]string, len(command))
	for i, arg := range command {
		args[i] = strings.ReplaceAll(arg, "{port}", strconv.Itoa(port))
	}
	broker := exec.CommandContext(context.Background(), args[0], args[1:]...) //nolint:gosec // a tool of ours, given the command by the script that calls it
	broker.Stdout, broker.Stderr = os.Stdout, os.Stderr
	return broker, broker.Start()
}

func accept(listener net.Listener, to, token string) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		go pass(from.(*net.TCPConn), to, token)
	}
}

// pass hands the request on a connection to the broker and its answer back.
func pass(client *net.TCPConn, to, token string) {
	defer func() { _ = client.Close() }()
	_ = client.SetReadDeadline(time.Now().Add(patience))
	in := bufio.NewReader(client)
	head, err := readHead(in)
	if err != nil {
		return
	}
	_ = client.SetReadDeadline(time.Time{})
	connection, err := new(net.Dialer).DialContext(context.Background(), "tcp", to)
	if err != nil {
		return
	}
	broker := connection.(*net.TCPConn)
	defer func() { _ = broker.Close() }()
	go func() {
		if _, err := broker.Write(withToken(head, token)); err == nil {
			_, _ = io.Copy(broker, in)
		}
		// A client that has said all may still wait for the answer.
		_ = broker.CloseWrite()
	}()
	_, _ = io.Copy(client, broker)
}

// readHead reads a request up to the empty line after its headers, which it includes.
func readHead(in *bufio.Reader) ([]byte, error) {
	var head bytes.Buffer
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		head.Write(line)
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return head.Bytes(), nil
		}
	}
}

// withToken adds the header of the token after the headers of a request that has no
// credentials of its own.
func withToken(head []byte, token string) []byte {
	if hasCredentials(head) {
		return head
	}
	end := bytes.LastIndexByte(bytes.TrimRight(head, "\r\n"), '\n') + 1
	last := head[end:]
	line := last[:bytes.IndexByte(last, '\n')+1]
	var all bytes.Buffer
	all.Write(head[:end+len(line)])
	all.WriteString("Authorization: Bearer " + token + "\r\n")
	all.Write(last[len(line):])
	return all.Bytes()
}

func hasCredentials(head []byte) bool {
	for line := range bytes.Lines(head) {
		name, _, ok := bytes.Cut(line, []byte(":"))
		if ok && strings.EqualFold(string(bytes.TrimSpace(name)), "authorization") {
			return true
		}
	}
	return false
}
