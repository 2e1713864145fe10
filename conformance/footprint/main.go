// Command footprint measures what the broker costs before anybody uses it: the
// size of the binary, the time from start to the first answered request, and
// the memory at rest. It writes its section of docs/performance.md.
//
//	go run ./conformance/footprint bin/treaty
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/conformance/page"
)

const runs = 7

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: footprint BINARY")
		os.Exit(2)
	}
	if err := measure(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "footprint:", err)
		os.Exit(1)
	}
}

func measure(binary string) error {
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	var starts []time.Duration
	var memory []int
	for range runs {
		start, rss, err := run(binary)
		if err != nil {
			return err
		}
		starts, memory = append(starts, start), append(memory, rss)
	}
	slices.Sort(starts)
	slices.Sort(memory)
	text := fmt.Sprintf("By `make footprint`: the median of %d runs, with the smallest and the largest.\n\n"+
		"| | median | smallest | largest |\n|---|---:|---:|---:|\n"+
		"| size of the static binary, MB | %.1f | | |\n"+
		"| start to first answered request on a new SQLite file, ms | %d | %d | %d |\n"+
		"| memory at rest two seconds later (resident), MB | %d | %d | %d |\n",
		runs, float64(info.Size())/1e6,
		starts[runs/2].Milliseconds(), starts[0].Milliseconds(), starts[runs-1].Milliseconds(),
		memory[runs/2], memory[0], memory[runs-1])
	fmt.Print(text)
	return page.Replace("docs/performance.md", "footprint", text)
}

// run starts the broker on a new file, and returns the time to its first answer
// and its resident memory in MB after two seconds at rest.
func run(binary string) (time.Duration, int, error) {
	dir, err := os.MkdirTemp("", "treaty-footprint-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	port, err := freePort()
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "serve", "--port", port, "--database", "sqlite:"+filepath.Join(dir, "treaty.db"))
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}()
	if err := firstAnswer(ctx, "http://127.0.0.1:"+port+"/"); err != nil {
		return 0, 0, err
	}
	took := time.Since(began)
	time.Sleep(2 * time.Second)
	rss, err := resident(cmd.Process.Pid)
	return took, rss, err
}

func firstAnswer(ctx context.Context, url string) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		request.Header.Set("Accept", "application/hal+json")
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("the broker did not answer: %w", err)
		}
		time.Sleep(time.Millisecond)
	}
}

func freePort() (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}

// resident reads the memory of a process from Linux's /proc, in MB.
func resident(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(data), "\n") {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "VmRSS:" {
			kb, err := strconv.Atoi(fields[1])
			return kb / 1000, err
		}
	}
	return 0, fmt.Errorf("no VmRSS in the status of process %d", pid)
}
