//go:build pages

package pages_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// screen is how a page is looked at.
type screen struct {
	width    int64
	dark     bool
	noScript bool
}

func (s screen) String() string {
	name := fmt.Sprintf("%d %s", s.width, map[bool]string{true: "dark", false: "light"}[s.dark])
	if s.noScript {
		name += " without script"
	}
	return name
}

var (
	started    sync.Once
	allocator  context.Context
	stopped    context.CancelFunc
	noBrowser  string
	whichFound string
)

// TestMain ends the browser that the tests share.
func TestMain(m *testing.M) {
	code := m.Run()
	if stopped != nil {
		stopped()
	}
	os.Exit(code)
}

// quietly leaves out what the driver says of events that it does not know yet.
var quietly = chromedp.WithErrorf(func(string, ...any) {})

// startBrowser starts one Chromium for all tests.
func startBrowser() {
	if os.Getenv("TREATY_AXE") == "" {
		noBrowser = "TREATY_AXE does not name axe-core: make pages installs it and runs this"
		return
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			whichFound = path
			break
		}
	}
	if whichFound == "" {
		noBrowser = "Chromium is not installed; CI has it"
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(whichFound), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	outer, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	first, cancelFirst := chromedp.NewContext(outer, quietly)
	if err := chromedp.Run(first); err != nil {
		noBrowser = "Chromium does not start: " + err.Error()
	}
	allocator, stopped = first, func() { cancelFirst(); cancel() }
}

// tab is a page of the browser that hears what goes wrong in it.
type tab struct {
	testing.TB
	ctx  context.Context
	base string

	mu       sync.Mutex
	problems []string
}

// open is a tab for the pages below a base URL.
func open(t testing.TB, base string, s screen) *tab {
	t.Helper()
	started.Do(startBrowser)
	if noBrowser != "" {
		t.Skip(noBrowser)
	}
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancelTime := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancelTime)
	p := &tab{TB: t, ctx: ctx, base: base}
	chromedp.ListenTarget(ctx, p.hear)
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	p.do(network.Enable(), log.Enable(), runtime.Enable(), chromedp.EmulateViewport(s.width, 900),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		emulation.SetScriptExecutionDisabled(s.noScript), emulation.SetFocusEmulationEnabled(true))
	return p
}

// hear notes errors of the console and requests that leave the broker.
func (p *tab) hear(event any) {
	note := func(format string, args ...any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.problems = append(p.problems, fmt.Sprintf(format, args...))
	}
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		note("exception: %s", e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			note("console: %s %s", e.Type, e.Args[0].Value)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.Text, "404") {
			note("log: %s %s", e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, p.base) && !strings.HasPrefix(e.Request.URL, "data:") && e.Request.URL != "about:blank" {
			note("a request to %s", e.Request.URL)
		}
	}
}

func (p *tab) do(actions ...chromedp.Action) {
	p.Helper()
	require.NoError(p, chromedp.Run(p.ctx, actions...))
}

// visit opens a page and waits until it and its script are there.
func (p *tab) visit(path string) {
	p.Helper()
	p.do(chromedp.Navigate(p.base+path), chromedp.WaitReady("main"))
}

// visitWithScript also waits for the script.
func (p *tab) visitWithScript(path string) {
	p.Helper()
	p.visit(path)
	p.wait("document.documentElement.classList.contains('js')")
}

// wait waits until an expression is true, also in the page that comes next.
func (p *tab) wait(expression string) {
	p.Helper()
	require.Eventually(p, func() bool {
		var is bool
		return chromedp.Run(p.ctx, chromedp.Evaluate("!!("+expression+")", &is)) == nil && is
	}, 15*time.Second, 20*time.Millisecond, expression)
}

// ask is the value of an expression.
func ask[T any](p *tab, expression string) T {
	p.Helper()
	var out T
	p.do(chromedp.Evaluate(expression, &out, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	return out
}

// press types keys into what has the focus, as a keyboard does: what a page
// refuses of a key is not typed.
func (p *tab) press(keys string) {
	p.Helper()
	for _, key := range keys {
		name, code, number := string(key), "", int64(0)
		switch key {
		case '\t':
			name, code, number = "Tab", "Tab", 9
		case '\r':
			name, code, number = "Enter", "Enter", 13
		case '\x1b':
			name, code, number = "Escape", "Escape", 27
		}
		down := input.DispatchKeyEvent(input.KeyDown).WithKey(name).WithCode(code).WithWindowsVirtualKeyCode(number)
		if name != "Tab" && name != "Escape" {
			down = down.WithText(string(key))
		}
		p.do(down, input.DispatchKeyEvent(input.KeyUp).WithKey(name).WithCode(code).WithWindowsVirtualKeyCode(number))
	}
}

// hold presses a key together with Ctrl. A command is what an editor does then.
func (p *tab) hold(key string, commands ...string) {
	p.Helper()
	code := "Key" + strings.ToUpper(key)
	p.do(input.DispatchKeyEvent(input.KeyRawDown).WithKey(key).WithCode(code).WithModifiers(input.ModifierCtrl).WithCommands(commands),
		input.DispatchKeyEvent(input.KeyUp).WithKey(key).WithCode(code).WithModifiers(input.ModifierCtrl))
}

// complaints is how much went wrong so far.
func (p *tab) complaints() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.problems)
}

// quiet fails the test if anything went wrong in the page.
func (p *tab) quiet() {
	p.Helper()
	p.quietBut("\x00")
}

// quietBut is quiet but for problems with some words in them.
func (p *tab) quietBut(expected string) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(p, slices.DeleteFunc(slices.Clone(p.problems), func(problem string) bool { return strings.Contains(problem, expected) }))
}

// at is the path and query that the tab shows.
func (p *tab) at() string {
	p.Helper()
	var location string
	p.do(chromedp.Location(&location))
	address, err := url.Parse(location)
	require.NoError(p, err)
	return address.RequestURI()
}
