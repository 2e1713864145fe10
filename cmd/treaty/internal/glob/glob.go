// Package glob finds files by the patterns of the official clients.
package glob

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Find returns the paths below base that match a pattern, sorted, in the spelling
// of the official clients: "*" and "?" within a name, "[a-z]" and "[^a-z]",
// "{a,b}" for either, "**" for folders at any depth, "\" before what is meant as
// it stands. Hidden names match only what begins with a dot, and "**" follows no
// links, which may lead in a circle.
func Find(base, pattern string) ([]string, error) {
	if base == "" {
		base = "."
	}
	var found []string
	for _, plain := range braces(filepath.ToSlash(pattern)) {
		at := base
		if filepath.IsAbs(filepath.FromSlash(plain)) {
			volume := filepath.VolumeName(filepath.FromSlash(plain))
			at, plain = volume+string(filepath.Separator), plain[len(volume):]
		}
		segments := strings.FieldsFunc(plain, func(r rune) bool { return r == '/' })
		if err := walkGlob(at, segments, &found); err != nil {
			return nil, err
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// IsPattern reports whether a text is a pattern.
func IsPattern(text string) bool { return strings.ContainsAny(text, `*?[{\`) }

// braces writes a pattern out for each choice of its braces.
func braces(pattern string) []string {
	open, depth := -1, 0
	var commas []int
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '{':
			if depth++; depth == 1 {
				open, commas = i, nil
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}' && depth > 0:
			if depth--; depth > 0 {
				continue
			}
			var out []string
			from := open + 1
			for _, to := range append(commas, i) {
				out = append(out, braces(pattern[:open]+pattern[from:to]+pattern[i+1:])...)
				from = to + 1
			}
			return out
		}
	}
	return []string{pattern}
}

func walkGlob(dir string, segments []string, found *[]string) error {
	if len(segments) == 0 {
		*found = append(*found, filepath.Clean(dir))
		return nil
	}
	segment, rest := segments[0], segments[1:]
	if segment == "**" && len(rest) > 0 {
		if err := walkGlob(dir, rest, found); err != nil {
			return err
		}
		return eachEntry(dir, func(entry fs.DirEntry) error {
			if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
				return nil
			}
			return walkGlob(filepath.Join(dir, entry.Name()), segments, found)
		})
	}
	if !IsPattern(segment) {
		next := filepath.Join(dir, segment)
		if _, err := os.Stat(next); err != nil {
			return nil //nolint:nilerr // what is not there does not match
		}
		return walkGlob(next, rest, found)
	}
	name := strings.ReplaceAll(segment, "[!", "[^")
	return eachEntry(dir, func(entry fs.DirEntry) error {
		matched, err := path.Match(name, entry.Name())
		hidden := strings.HasPrefix(entry.Name(), ".") && !strings.HasPrefix(name, ".")
		if err != nil || !matched || hidden {
			return err
		}
		return walkGlob(filepath.Join(dir, entry.Name()), rest, found)
	})
}

// eachEntry calls fn for what is in a folder; what is not a folder, or cannot be
// read, has nothing in it.
func eachEntry(dir string, fn func(fs.DirEntry) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil //nolint:nilerr // a pattern matches what there is
	}
	for _, entry := range entries {
		if err := fn(entry); err != nil {
			return err
		}
	}
	return nil
}
