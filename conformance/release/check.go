package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	mod "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// check builds the modules as they would be released: each is packed into a
// proxy in a folder, unpacked, tidied and built by itself, and then used as a
// stranger would, from an empty folder. Nothing of it is left behind.
func check(ctx context.Context, r *repository, out io.Writer) error {
	version, err := r.version()
	if err != nil {
		return err
	}
	if found := r.problems(version); len(found) > 0 {
		return errors.New(strings.Join(found, "\n"))
	}
	folder, err := os.MkdirTemp("", "treaty-release-")
	if err != nil {
		return err
	}
	t := trial{folder: folder, version: version}
	defer t.clear()
	if err := r.writeProxy(ctx, t.in("proxy"), version); err != nil {
		return err
	}
	if t.environ, err = t.environment(ctx); err != nil {
		return err
	}
	for _, m := range r.released() {
		if err := t.build(ctx, m); err != nil {
			return fmt.Errorf("%s %s: %w", m.path(), version, err)
		}
		fmt.Fprintf(out, "%s %s is tidy and builds by itself\n", m.path(), version)
	}
	if err := t.install(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "go install %s/cmd/treaty@%s works from an empty folder\n", library, version)
	if err := r.writeSBOM(ctx, t.in("bin/treaty"), io.Discard); err != nil {
		return err
	}
	fmt.Fprintf(out, "all modules in it are in %s\n", noticeFile)
	if err := t.use(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "a new module takes dsl, verifier and broker/brokertest %s\n", version)
	return nil
}

// trial is one check, in a folder of its own.
type trial struct {
	folder, version string
	environ         []string
}

func (t trial) in(name string) string { return filepath.Join(t.folder, name) }

// environment puts the proxy before those of the machine, and keeps modules
// apart from the machine's: what is tried here under a version must not stay
// there as if it had been released. What the machine has is not fetched again.
func (t trial) environment(ctx context.Context) ([]string, error) {
	known, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return nil, err
	}
	cache, proxies, _ := strings.Cut(strings.TrimSpace(string(known)), "\n")
	return append(os.Environ(),
		"GOWORK=off", "CGO_ENABLED=0", "GONOSUMDB="+library, "GOPRIVATE=", "GONOPROXY=",
		// With -trimpath a package of the cache is the same wherever that is.
		"GOFLAGS=-trimpath",
		"GOMODCACHE="+t.in("modules"), "GOBIN="+t.in("bin"),
		"GOPROXY="+strings.Join([]string{fileURL(t.in("proxy")), fileURL(filepath.Join(cache, "cache", "download")), proxies}, ","),
	), nil
}

func fileURL(folder string) string {
	path := filepath.ToSlash(folder)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive
	}
	return "file://" + path
}

// build unpacks a module, and fails if go mod tidy would change its go.mod.
func (t trial) build(ctx context.Context, m module) error {
	at := t.in(filepath.Join("unpacked", m.folder+"_"))
	packed := filepath.Join(t.in("proxy"), filepath.FromSlash(m.path()), "@v", t.version+".zip")
	if err := zip.Unzip(at, mod.Version{Path: m.path(), Version: t.version}, packed); err != nil {
		return err
	}
	before, err := os.ReadFile(filepath.Join(at, "go.mod"))
	if err != nil {
		return err
	}
	if err := t.run(ctx, at, "go", "mod", "tidy"); err != nil {
		return err
	}
	after, err := os.ReadFile(filepath.Join(at, "go.mod"))
	if err != nil {
		return err
	}
	if !bytes.Equal(before, after) {
		return fmt.Errorf("its go.mod is not tidy: run make tidy; it should be\n%s", after)
	}
	return t.run(ctx, at, "go", "build", "./...")
}

// install is how people get the binary; it says which version it is.
func (t trial) install(ctx context.Context) error {
	if err := os.Mkdir(t.in("empty"), 0o755); err != nil {
		return err
	}
	if err := t.run(ctx, t.in("empty"), "go", "install", library+"/cmd/treaty@"+t.version); err != nil {
		return err
	}
	text, err := exec.CommandContext(ctx, t.in("bin/treaty"), "version").Output()
	if err != nil {
		return fmt.Errorf("treaty version: %w", err)
	}
	if !strings.Contains(string(text), t.version+" ") {
		return fmt.Errorf("the binary that was installed as %s says it is %q", t.version, text)
	}
	return nil
}

// use makes a module that takes what people import.
func (t trial) use(ctx context.Context) error {
	at := t.in("user")
	if err := os.Mkdir(at, 0o755); err != nil {
		return err
	}
	code := "package user\n\nimport (\n\t_ \"" + library + "/broker/brokertest\"\n\t_ \"" + library + "/dsl\"\n\t_ \"" + library + "/verifier\"\n)\n"
	if err := os.WriteFile(filepath.Join(at, "user_test.go"), []byte(code), 0o644); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"mod", "init", "user.test"},
		{"get", "-t", library + "@" + t.version, library + "/broker@" + t.version},
		{"mod", "tidy"},
		{"vet", "."},
	} {
		if err := t.run(ctx, at, "go", args...); err != nil {
			return err
		}
	}
	return nil
}

func (t trial) run(ctx context.Context, folder, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = folder, t.environ
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said)
	}
	return nil
}

// clear removes the folder. The modules in it are read-only.
func (t trial) clear() {
	_ = filepath.WalkDir(t.folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	_ = os.RemoveAll(t.folder) // what is left is in a folder for temporary files
}
