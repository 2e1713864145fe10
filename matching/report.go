package matching

import (
	"fmt"
	"io"
	"strings"
)

// ReportOptions is how [Report] writes. The zero value writes plain text with
// the first 20 mismatches and no diff.
type ReportOptions struct {
	// Color marks expected and actual for a terminal.
	Color bool
	// Indent goes before each line.
	Indent string
	// Limit is how many mismatches are shown; 0 shows 20, less than 0 all.
	Limit int
	// ExpectedBody and ActualBody are shown as a diff when the result has
	// mismatches in the body and both are given. Values that rules accepted
	// are not shown as differences.
	ExpectedBody, ActualBody []byte
}

const defaultLimit = 20

// Report writes r in words: for each mismatch where, why, and the two values.
// It returns the error of w.
func Report(w io.Writer, r Result, o ReportOptions) error {
	p := printer{options: o}
	switch n := len(r.Mismatches) + r.Omitted; {
	case r.OK():
		p.line(p.green("everything matches"))
	case n == 1:
		p.line("1 difference")
	default:
		p.line(fmt.Sprintf("%d differences", n))
	}
	limit := o.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	shown := r.Mismatches
	if limit > 0 && len(shown) > limit {
		shown = shown[:limit]
	}
	for _, m := range shown {
		p.mismatch(m)
	}
	if rest := len(r.Mismatches) - len(shown) + r.Omitted; rest > 0 {
		p.line(fmt.Sprintf("  and %d more", rest))
	}
	if r.has(KindBody) && len(o.ExpectedBody) > 0 && len(o.ActualBody) > 0 {
		p.diff(wanted(o.ExpectedBody, o.ActualBody, r), o.ActualBody)
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

func (r Result) has(kind Kind) bool {
	for _, m := range r.Mismatches {
		if m.Kind == kind {
			return true
		}
	}
	return false
}

// printer collects the lines of a report.
type printer struct {
	options ReportOptions
	text    strings.Builder
}

func (p *printer) line(s string) {
	p.text.WriteString(strings.TrimRight(p.options.Indent+s, " ") + "\n")
}

func (p *printer) mismatch(m Mismatch) {
	p.line("")
	p.line("  " + p.bold(heading(m)))
	if m.Why != "" && m.Kind != KindMethod && m.Kind != KindStatus {
		p.block("    ", m.Why, func(s string) string { return s })
	}
	p.value("expected", m.Expected, p.red)
	if m.Absent {
		p.line("    got       " + p.green("nothing"))
	} else {
		p.value("got", m.Actual, p.green)
	}
	if m.Rule != nil {
		p.line("    rule      " + m.Rule.Name())
	}
}

// heading names the place of a mismatch.
func heading(m Mismatch) string {
	word := map[Kind]string{KindBodyType: "content type", KindQuery: "query parameter"}[m.Kind]
	if word == "" {
		word = string(m.Kind)
	}
	if m.Path == "" {
		return word
	}
	return word + " " + m.Path
}

func (p *printer) value(label, text string, paint func(string) string) {
	if text == "" {
		return
	}
	p.block(fmt.Sprintf("    %-10s", label), text, paint)
}

// block writes text of several lines with the later ones below the first.
func (p *printer) block(label, text string, paint func(string) string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.line(label + paint(line))
		label = strings.Repeat(" ", len(label))
	}
}

func (p *printer) paint(code, s string) string {
	if !p.options.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) red(s string) string   { return p.paint("31", s) }
func (p *printer) green(s string) string { return p.paint("32", s) }
func (p *printer) bold(s string) string  { return p.paint("1", s) }
