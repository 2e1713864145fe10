package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// tag tags the commit that is checked out, once for each released module. It
// refuses what could not be released so: changes that are in no commit,
// modules that require each other in another version, a tag that exists.
func tag(ctx context.Context, r *repository, version string, out io.Writer) error {
	if found := r.problems(version); len(found) > 0 {
		return errors.New(strings.Join(found, "\n"))
	}
	changed, err := r.git(ctx, "status", "--porcelain")
	if err != nil {
		return err
	}
	if changed != "" {
		return fmt.Errorf("there are changes that are in no commit; commit or remove them first:\n%s", changed)
	}
	var names []string
	for _, m := range r.released() {
		name := m.tagFor(version)
		names = append(names, name)
		if there, err := r.git(ctx, "tag", "--list", name); err != nil {
			return err
		} else if there != "" {
			return fmt.Errorf("the tag %s exists: what is released under a version stays as it is, so take the next one", name)
		}
	}
	for _, name := range names {
		if _, err := r.git(ctx, "tag", "-a", "-m", "Treaty "+version, name); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "tagged %s; all of them go out at once by\n  git push --atomic origin %s\n", strings.Join(names, ", "), strings.Join(names, " "))
	return err
}

func (r *repository) git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.root
	var said strings.Builder
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return strings.TrimRight(string(text), "\n"), nil
}
