package main

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// part is a module of somebody else that is in the binary.
type part struct {
	path, version string
	// texts are its licences and notices, in the order of their files.
	texts []licence
}

// licence is the text of a file.
type licence struct {
	file string // in the module, with slashes
	text string
}

// systems are those that the binary is built for. Some of them need modules that
// others do not.
var systems = []string{"linux", "darwin", "windows"}

// partsOf lists the modules in the binary with their licences, and Go itself first.
func (r *repository) partsOf(ctx context.Context) ([]part, error) {
	found := map[string]*part{}
	folders := map[string]bool{}
	for _, system := range systems {
		cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}", "./cmd/treaty")
		cmd.Dir, cmd.Env = r.root, append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list what is in the binary for %s: %w", system, err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			fields := strings.Split(line, "\t")
			if len(fields) != 4 || isOurs(fields[0]) {
				continue
			}
			p := found[fields[0]]
			if p == nil {
				p = &part{path: fields[0], version: fields[1]}
				found[fields[0]] = p
			}
			if err := p.read(fields[2], fields[3], folders); err != nil {
				return nil, err
			}
		}
	}
	standard, err := goItself(ctx)
	if err != nil {
		return nil, err
	}
	parts := []part{standard}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		p := found[path]
		if len(p.texts) == 0 {
			return nil, fmt.Errorf("%s %s has no licence that can be found", p.path, p.version)
		}
		slices.SortFunc(p.texts, func(a, b licence) int { return strings.Compare(a.file, b.file) })
		parts = append(parts, *p)
	}
	return parts, nil
}

// read adds the licences in the folder of a package and in those above it, up to that
// of its module: what a module has taken from others has its licence beside it.
func (p *part) read(module, folder string, seen map[string]bool) error {
	for ; ; folder = filepath.Dir(folder) {
		if !seen[folder] {
			seen[folder] = true
			if err := p.readFolder(module, folder); err != nil {
				return err
			}
		}
		if folder == module || len(folder) <= len(module) {
			return nil
		}
	}
}

// licenceFile finds the files of licences, of notices and of grants by their names.
var licenceFile = regexp.MustCompile(`(?i)^(?:(?:[a-z0-9]+[-_.])?(?:un)?licen[sc]es?|copying|notice|patents)(?:[-_.][a-z0-9_-]+)*(?:\.(?:md|txt|rst))?$`)

func isLicence(file string) bool {
	return licenceFile.MatchString(file) && !slices.Contains([]string{".go", ".json", ".yml", ".yaml"}, filepath.Ext(file))
}

func (p *part) readFolder(module, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Type() != fs.FileMode(0) || !isLicence(entry.Name()) {
			continue
		}
		file := filepath.Join(folder, entry.Name())
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(module, file)
		if err != nil {
			return err
		}
		p.texts = append(p.texts, licence{filepath.ToSlash(name), plainText(string(text))})
	}
	return nil
}

// plainText is a text with one kind of line ends, and none at its end.
func plainText(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// goItself is the standard library and the runtime. Its version is that of whoever
// builds, so that the notice does not name one.
func goItself(ctx context.Context) (part, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return part{}, err
	}
	out := part{path: "Go, its standard library and its runtime"}
	for _, name := range []string{"LICENSE", "PATENTS"} {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), name))
		if err != nil {
			return part{}, fmt.Errorf("read the licence of Go: %w", err)
		}
		out.texts = append(out.texts, licence{name, plainText(string(text))})
	}
	return out, nil
}

// known are phrases by which licences are told apart, with their SPDX names. The
// first whose phrases all stand in a text is its own.
var known = []struct {
	name    string
	phrases []string
}{
	{"Apache-2.0", []string{"Apache License", "Version 2.0"}},
	{"MPL-2.0", []string{"Mozilla Public License", "2.0"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary forms", "Neither the name"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary forms", "be used to endorse or promote"}},
	{"BSD-2-Clause", []string{"Redistribution and use in source and binary forms"}},
	{"ISC", []string{"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee"}},
	{"ISC", []string{"Permission to use, copy, modify, and distribute this software for any purpose with or without fee"}},
	{"MIT", []string{"Permission is hereby granted, free of charge", "copies of the Software"}},
	{"Unlicense", []string{"This is free and unencumbered software"}},
	{"blessing", []string{"The author disclaims copyright"}},
	{"CC0-1.0", []string{"CC0 1.0"}},
}

// nameOf is the SPDX name of a licence; "" if it is none that is known, such as a
// notice.
func nameOf(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	for _, k := range known {
		if !slices.ContainsFunc(k.phrases, func(phrase string) bool { return !strings.Contains(words, phrase) }) {
			return k.name
		}
	}
	return ""
}

// names are the SPDX names of a part's licences.
func (p part) names() []string {
	var out []string
	for _, l := range p.texts {
		if name := nameOf(l.text); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
