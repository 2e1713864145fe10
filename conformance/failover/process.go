package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a program that a scene runs, with its log in a file.
type process struct {
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{}
	once  sync.Once
}

// launch starts a program. Its environment is empty but for what every program
// may expect, so that no setting of who runs the faults is one of theirs.
func launch(ctx context.Context, as *syscall.Credential, logPath, program string, args ...string) (*process, error) {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: command(ctx, as, program, args...), log: log, ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", filepath.Base(program), err), log.Close())
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is told by its log
		_ = log.Close()  // nothing writes to it any more
		close(p.ended)
	}()
	return p, nil
}

// command is not bound to the context's end: a scene ends its programs itself,
// also those that are frozen and their children.
func command(ctx context.Context, as *syscall.Credential, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/", "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = "/"
	if as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	}
	return cmd
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// signal sends a signal to the process alone.
func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) } // it may have ended already

// signalAll sends a signal to the process and then to all that it started:
// a server that is stopped first can start no more of them.
func (p *process) signalAll(s syscall.Signal) {
	all := descendants(p.cmd.Process.Pid)
	p.signal(s)
	for _, pid := range append(all, descendants(p.cmd.Process.Pid)...) {
		_ = syscall.Kill(pid, s) // it may have ended already
	}
}

// wait returns once the process has ended, or an error after the time.
func (p *process) wait(most time.Duration) error {
	select {
	case <-p.ended:
		return nil
	case <-time.After(most):
		return fmt.Errorf("%s has not ended within %s", filepath.Base(p.cmd.Path), most)
	}
}

// end ends the process kindly, and by force if it does not.
func (p *process) end(kind syscall.Signal) {
	p.once.Do(func() {
		p.signal(kind)
		if p.wait(5*time.Second) != nil {
			p.signalAll(syscall.SIGKILL)
			<-p.ended
		}
	})
}

// kill ends the process and its children at once, frozen or not.
func (p *process) kill() {
	p.signalAll(syscall.SIGKILL)
	<-p.ended
}

// descendants reads from Linux's /proc which processes come from pid.
func descendants(pid int) []int {
	parents := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// The name in brackets may hold spaces; the parent is the second field after it.
		_, rest, _ := strings.Cut(string(data), ") ")
		fields := strings.Fields(rest)
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if len(fields) < 2 || err != nil {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			parents[parent] = append(parents[parent], child)
		}
	}
	var out []int
	for next := parents[pid]; len(next) > 0; {
		out = append(out, next...)
		var below []int
		for _, child := range next {
			below = append(below, parents[child]...)
		}
		next = below
	}
	return out
}

// unprivileged is whom the servers run as: they refuse to run as root. It is
// nil for who is not root.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

// freePort is a port that nothing listens on at the moment.
func freePort(ctx context.Context) (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// errEnded means that there is nothing to wait for.
var errEnded = errors.New("it has ended: see its log")

// until asks again and again whether something is so.
func until(ctx context.Context, most time.Duration, what string, so func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		err := so(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, errEnded) {
			return fmt.Errorf("%s: %w", what, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: not within %s: %w", what, most, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
