package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// noticeFile is in the root of the repository. Whoever passes the binary on passes it
// on, too: most licences in it ask for that.
const noticeFile = "NOTICE"

// writeNotice writes the file again.
func (r *repository) writeNotice(ctx context.Context) error {
	text, err := r.notice(ctx)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.root, noticeFile), []byte(text), 0o644)
}

// notice lists what others made that is in the binary, and their licences, each text
// once.
func (r *repository) notice(ctx context.Context) (string, error) {
	parts, err := r.partsOf(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("Treaty\n\nThe program treaty holds the works of others that are listed here, under the licences\nbelow. Treaty itself is under the licence in the file LICENSE.\n\n")
	b.WriteString("Written by make notice from the modules that are in the program; a test fails where it\nis not what they say.\n\n")
	var order []string
	users := map[string][]string{}
	for _, p := range parts {
		fmt.Fprintf(&b, "- %s: %s\n", strings.TrimSpace(p.path+" "+p.version), strings.Join(p.names(), ", "))
		for _, l := range p.texts {
			if users[l.text] == nil {
				order = append(order, l.text)
			}
			users[l.text] = append(users[l.text], p.path+" ("+l.file+")")
		}
	}
	for _, text := range order {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(users[text], "\n"), text)
	}
	return b.String(), nil
}
