package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver of PostgreSQL
)

// formerBinary builds treaty as it was at a revision.
func formerBinary(ctx context.Context, revision string) (binary string, remove func(), err error) {
	known := func(revision string) bool {
		_, err := git(ctx, "rev-parse", "--verify", "--quiet", revision+"^{commit}")
		return err == nil
	}
	switch {
	case revision != "":
	case known(firstRelease):
		revision = firstRelease
	case known(firstCommit):
		revision = firstCommit
	default:
		return "", nil, fmt.Errorf("%w: neither the tag %s nor its commit is in this checkout, which does not have the whole history; -from names another revision", errSkipped, firstRelease)
	}
	commit, err := git(ctx, "rev-parse", "--verify", revision+"^{commit}")
	if err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", "treaty-upgrade-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(folder) } // what is left is the system's temporary folder's to clean
	binary = filepath.Join(folder, "treaty")
	for _, command := range [][]string{
		{"git", "archive", "--output", folder + "/source.tar", strings.TrimSpace(commit)},
		{"mkdir", folder + "/source"},
		{"tar", "-xf", folder + "/source.tar", "-C", folder + "/source"},
		{"go", "-C", folder + "/source", "build", "-ldflags", "-X main.version=" + revision, "-o", binary, "./cmd/treaty"},
	} {
		if _, err := run(ctx, command...); err != nil {
			remove()
			return "", nil, fmt.Errorf("build %s: %w", revision, err)
		}
	}
	return binary, remove, nil
}

func git(ctx context.Context, args ...string) (string, error) {
	return run(ctx, append([]string{"git"}, args...)...)
}

func run(ctx context.Context, command ...string) (string, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, said.String())
	}
	return string(out), nil
}

// emptySchema makes an empty schema in the database for tests.
func emptySchema(ctx context.Context) (database string, drop func(), err error) {
	base := os.Getenv("TREATY_TEST_POSTGRES_URL")
	if base == "" {
		return "", nil, fmt.Errorf("%w: TREATY_TEST_POSTGRES_URL is not set: replicas share a PostgreSQL", errSkipped)
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", nil, fmt.Errorf("TREATY_TEST_POSTGRES_URL is not a URL: %w", err)
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		return "", nil, err
	}
	schema := fmt.Sprintf("upgrade_%d", time.Now().UnixNano())
	if _, err := admin.ExecContext(ctx, "CREATE SCHEMA "+schema); err != nil {
		return "", nil, fmt.Errorf("make a schema: %w", err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String(), func() {
		if _, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			fmt.Fprintln(os.Stderr, "the schema", schema, "is left behind:", err)
		}
		_ = admin.Close() // nothing is open on it
	}, nil
}
