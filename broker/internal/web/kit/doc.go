// Package kit has the parts that pages are built from. A part is a type with
// what is shown, and a template of the same name that lays it out:
//
//	table.go, sort.go, filter.go, pager.go, empty.go   long lists
//	verdict.go, answer.go, cause.go                    answers and why
//	interaction.go, comparison.go                      what was expected, what came
//	drawing.go                                         who leads to whom
//	text.go, link.go, time.go, version.go, code.go,
//	fold.go                                            what stands in cells and facts
//	facts.go, tabs.go, twin.go                         around them
//	form.go, field.go, confirm.go, act.go              what is asked of a reader
//
// A part knows nothing of pages, of the broker or of a request. The page at
// /ui/kit shows each one in each of its states.
package kit

import "embed"

// Templates are the templates of all parts.
//
//go:embed templates/*.html
var Templates embed.FS
