package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
)

// compileAll reports which breakages of the list do not compile. A part of the list that
// is tried would find them by chance only. Those that share no file are
// compiled together, which takes a few builds where each alone takes hundreds.
func compileAll(all []breakage) error {
	var problems []error
	groups := apart(all)
	for _, group := range groups {
		if compiles(group) == nil {
			continue
		}
		for _, b := range group { // together they may fail where each does not
			problems = append(problems, compiles([]breakage{b}))
		}
	}
	fmt.Printf("compiled %d breakages in %d groups\n", len(all), len(groups))
	return errors.Join(problems...)
}

// apart deals the breakages out to groups in which no two change the same file.
func apart(all []breakage) [][]breakage {
	var groups [][]breakage
	var taken []map[string]bool
	for _, b := range all {
		i := slices.IndexFunc(taken, func(files map[string]bool) bool {
			return !slices.ContainsFunc(b.Changes, func(c change) bool { return files[c.File] })
		})
		if i < 0 {
			i = len(groups)
			groups, taken = append(groups, nil), append(taken, map[string]bool{})
		}
		groups[i] = append(groups[i], b)
		for _, c := range b.Changes {
			taken[i][c.File] = true
		}
	}
	return groups
}

// compiles builds the packages of the breakages with all of them in place.
func compiles(group []breakage) error {
	folder, err := os.MkdirTemp("", "mutations")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	var whole breakage
	var packages []string
	for _, b := range group {
		whole.Changes = append(whole.Changes, b.Changes...)
		packages = append(packages, b.Package)
	}
	overlay, err := writeOverlay(whole, folder)
	if err != nil {
		return group[0].problem("%w", err)
	}
	slices.Sort(packages)
	return build(context.Background(), group[0], overlay, slices.Compact(packages))
}

// build compiles the packages; what the compiler says becomes a problem of b.
func build(ctx context.Context, b breakage, overlay string, packages []string) error {
	if out, err := exec.CommandContext(ctx, "go", append([]string{"build", "-overlay", overlay}, packages...)...).CombinedOutput(); err != nil {
		return b.problem("it does not compile:\n%s", out)
	}
	return nil
}
