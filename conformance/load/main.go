// Command load measures a running broker under load: publications, fetches,
// results and questions to the gate per second by 1, 4 and 32 clients, how long each takes, and the
// memory of the broker. It writes its section of docs/performance.md.
//
//	go run ./conformance/load bin/treaty
//
// It starts the broker on a new SQLite file, and again on PostgreSQL if
// TREATY_TEST_POSTGRES_URL names a database.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/conformance/page"
)

// options are the command line.
type options struct {
	binary  string
	clients []int
	length  time.Duration
	only    string
	request string
	page    string
}

func main() {
	o, err := parse()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err = measure(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func parse() (options, error) {
	o := options{}
	clients := flag.String("clients", "1,4,32", "how many clients, as a list")
	flag.DurationVar(&o.length, "time", 5*time.Second, "how long each figure is measured")
	flag.StringVar(&o.only, "only", "", "sqlite or postgres; both if empty")
	flag.StringVar(&o.request, "request", "", "the request to measure, as the report calls it; all if empty")
	flag.StringVar(&o.page, "page", "docs/performance.md", "where to write the section; nowhere if empty")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: load [flags] BINARY")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		return o, fmt.Errorf("name the binary of the broker, such as bin/treaty")
	}
	o.binary = flag.Arg(0)
	for _, text := range strings.Split(*clients, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return o, fmt.Errorf("-clients: %q is not a number of clients", text)
		}
		o.clients = append(o.clients, n)
	}
	return o, nil
}

// loads are the numbers of clients, each with its own applications and then,
// where there are several, all with the same.
func (o options) loads() []load {
	var out []load
	for _, shared := range []bool{false, true} {
		for _, n := range o.clients {
			if n > 1 || !shared {
				out = append(out, load{clients: n, shared: shared})
			}
		}
	}
	return out
}

func measure(ctx context.Context, o options) error {
	var all []result
	for _, d := range databases() {
		if o.only != "" && d.name != strings.ToLower(o.only) {
			continue
		}
		found, err := measureOn(ctx, o, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.title, err)
		}
		all = append(all, found)
	}
	if len(all) == 0 {
		return fmt.Errorf("there is no database to measure on: set TREATY_TEST_POSTGRES_URL for postgres")
	}
	text := report(o, all)
	fmt.Print(text)
	if o.page == "" {
		return nil
	}
	return page.Replace(o.page, "load", text)
}

// peak is the most memory of the broker under a load, in MB.
type peak struct {
	load
	memory float64
}

// result is what was measured on one database.
type result struct {
	database
	figures []figure
	// idle is the resident memory of the broker before any load, peaks the highest
	// under each, in MB.
	idle  float64
	peaks []peak
	// flush is how long a write to the broker's disk takes at best, in
	// milliseconds; 0 if the disk is the database server's.
	flush float64
}

func measureOn(ctx context.Context, o options, d database) (result, error) {
	out := result{database: d}
	place, err := d.prepare(ctx)
	if err != nil {
		return out, err
	}
	defer place.remove()
	if out.flush, err = place.flush(); err != nil {
		return out, err
	}
	b, err := startBroker(ctx, o.binary, place.url)
	if err != nil {
		return out, err
	}
	defer b.stop()
	if out.idle, err = b.memory("VmRSS"); err != nil {
		return out, err
	}
	for _, l := range o.loads() {
		if err := b.forgetPeak(); err != nil {
			return out, err
		}
		found, err := l.measure(ctx, b, o.length, o.request)
		if err != nil {
			return out, fmt.Errorf("%d clients: %w", l.clients, err)
		}
		for _, f := range found {
			fmt.Fprintf(os.Stderr, "%s, %s, %s: %.0f/s\n", d.title, f.who(), f.what, f.perSecond)
		}
		out.figures = append(out.figures, found...)
		most, err := b.memory("VmHWM")
		if err != nil {
			return out, err
		}
		out.peaks = append(out.peaks, peak{load: l, memory: most})
	}
	return out, nil
}
