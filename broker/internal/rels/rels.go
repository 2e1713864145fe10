// Package rels holds the documentation of every HAL relation of the broker,
// one Markdown file for each. The broker serves them below /doc.
package rels

import "embed"

// Files are the pages, named REL.md.
//
//go:embed *.md
var Files embed.FS
