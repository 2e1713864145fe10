package web

import (
	"html/template"
	"reflect"
	"strings"
	"text/template/parse"
	"unicode"

	"github.com/treatyhq/treaty/internal/visible"
)

// Everything that a template prints was named by somebody: an application, a
// branch, a sentence about them. isolateAll puts it into <bdi>, so that letters
// that run from right to left move nothing around them, and shows characters
// that cannot be seen. It rewrites the templates, so that no template has to
// remember it; what is Treaty's own opts out with "| own".

// shownIn are the functions that print a value, by where it stands.
var shownIn = template.FuncMap{
	"own":        func(value any) any { return value },
	"brief":      brief,
	"shown":      func(value any) any { return asHTML(value, isolated) },
	"shownLines": func(value any) any { return asHTML(value, isolatedLines) },
	"shownPlain": asPlain,
}

// isolateAll adds to each action of the templates the function for its place.
func isolateAll(t *template.Template) {
	for _, one := range t.Templates() {
		if one.Tree != nil {
			new(markup).list(one.Tree.Root)
		}
	}
}

// markup is where in HTML the next node of a template stands.
type markup struct {
	// tag is the tag that has not ended yet, "" outside of tags.
	tag string
	// open are the elements around, as far as they matter.
	pre, plain int
}

func (m *markup) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.TextNode:
			m.text(string(node.Text))
		case *parse.ActionNode:
			m.action(node.Pipe)
		case *parse.IfNode:
			m.branch(&node.BranchNode)
		case *parse.RangeNode:
			m.branch(&node.BranchNode)
		case *parse.WithNode:
			m.branch(&node.BranchNode)
		}
	}
}

// branch looks at both ways; what follows stands where the first one ends.
func (m *markup) branch(b *parse.BranchNode) {
	other := *m
	m.list(b.List)
	other.list(b.ElseList)
}

// text follows the tags in a piece of HTML.
func (m *markup) text(text string) {
	for text != "" {
		if m.tag == "" {
			_, after, found := strings.Cut(text, "<")
			if !found {
				return
			}
			m.tag, text = "<", after
			continue
		}
		inside, after, ended := strings.Cut(text, ">")
		m.tag += inside
		if !ended {
			return
		}
		m.element(strings.TrimPrefix(m.tag, "<"))
		m.tag, text = "", after
	}
}

// element counts what begins or ends with a tag.
func (m *markup) element(tag string) {
	name, closing := strings.CutPrefix(tag, "/")
	fields := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '/' })
	if len(fields) == 0 {
		return
	}
	step := 1
	if closing {
		step = -1
	}
	switch strings.ToLower(fields[0]) {
	case "pre":
		m.pre += step
	case "title", "option", "textarea", "svg":
		m.plain = max(0, m.plain+step)
	case "datalist", "select":
		if closing { // an option may end without a tag
			m.plain = 0
		}
	}
}

// readAttributes are those that people read. The others are for programs, and
// a name in them must stay what it is.
var readAttributes = []string{"title", "aria-label", "aria-description", "alt", "placeholder", "label"}

func (m *markup) action(pipe *parse.PipeNode) {
	function := "shown"
	switch {
	case len(pipe.Decl) > 0 || len(pipe.Cmds) == 0 || endsIn(pipe, "own"):
		return
	case m.tag != "":
		if !m.inReadAttribute() {
			return
		}
		function = "shownPlain"
	case m.plain > 0:
		function = "shownPlain"
	case m.pre > 0:
		function = "shownLines"
	}
	name := parse.NewIdentifier(function).SetPos(pipe.Pos)
	pipe.Cmds = append(pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pipe.Pos, Args: []parse.Node{name}})
}

// inReadAttribute reports whether the tag so far ends in the value of such an
// attribute.
func (m *markup) inReadAttribute() bool {
	for _, name := range readAttributes {
		_, value, found := cutLast(m.tag, " "+name+`="`)
		if found && !strings.Contains(value, `"`) {
			return true
		}
	}
	return false
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

func endsIn(pipe *parse.PipeNode, function string) bool {
	last := pipe.Cmds[len(pipe.Cmds)-1]
	name, ok := last.Args[0].(*parse.IdentifierNode)
	return ok && name.Ident == function
}

func asHTML(value any, write func(string) template.HTML) any {
	if text, ok := textOf(value); ok {
		return write(text)
	}
	return value
}

// textOf is the text of a value, whatever its type is called. One of the types
// of html/template is not a text: it was made safe already.
func textOf(value any) (string, bool) {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.String || v.Type().PkgPath() == "html/template" {
		return "", false
	}
	return v.String(), true
}

// asPlain is for titles and attributes, where no element can stand: isolating
// characters take the place of <bdi>.
func asPlain(value any) any {
	text, ok := textOf(value)
	if !ok {
		return value
	}
	shown := visible.Text(text)
	if strings.ContainsFunc(shown, isRightToLeft) {
		return "\u2068" + shown + "\u2069"
	}
	return shown
}

// isolated is a text that moves nothing around it. Where words of both
// directions stand, the text is a sentence: it runs from left to right, and
// each run of the other direction is isolated too. A name at its beginning must
// not turn the sentence around, and two names not the arrow between them.
func isolated(text string) template.HTML {
	if !isMixed(text) {
		return "<bdi>" + marked(text, false) + "</bdi>"
	}
	var out strings.Builder
	inRun := false
	for i, word := range strings.Split(text, " ") {
		turned := strings.ContainsFunc(word, isRightToLeft)
		if inRun && !turned {
			out.WriteString("</bdi>")
		}
		if i > 0 {
			out.WriteByte(' ')
		}
		if turned && !inRun {
			out.WriteString("<bdi>")
		}
		inRun = turned
		out.WriteString(string(marked(word, false)))
	}
	if inRun {
		out.WriteString("</bdi>")
	}
	return template.HTML(`<bdi dir="ltr">` + out.String() + "</bdi>") //nolint:gosec // marked has escaped it
}

// isMixed reports whether some words run from right to left and others do not.
func isMixed(text string) bool {
	words := strings.Fields(text)
	turned := 0
	for _, word := range words {
		if strings.ContainsFunc(word, isRightToLeft) {
			turned++
		}
	}
	return turned > 0 && turned < len(words)
}

// isolatedLines is a document or a command: its lines run from left to right.
func isolatedLines(text string) template.HTML {
	return `<bdi dir="ltr">` + marked(text, true) + "</bdi>"
}

// marked escapes a text and shows its hidden characters as small boxes, and in a line
// also those that pass for others: a document is not a name that is told apart.
func marked(text string, layout bool) template.HTML {
	var out strings.Builder
	cut := visible.Marked
	if layout {
		cut = visible.Parts
	}
	for _, part := range cut(text) {
		switch {
		case part.Code == "":
			out.WriteString(template.HTMLEscapeString(part.Text))
		case layout && part.Code == "U+000A":
			out.WriteByte('\n')
		case layout && part.Code == "U+0009":
			out.WriteByte('\t')
		default:
			if part.Name == "" {
				part.Name = "a character that cannot be seen"
			}
			out.WriteString(`<span class="hidden" title="` + template.HTMLEscapeString(part.Name) + `">` + part.Code + "</span>")
		}
	}
	return template.HTML(out.String()) //nolint:gosec // each part was escaped
}

// rightToLeft are the scripts that are written so and likely to be met.
var rightToLeft = []*unicode.RangeTable{unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam}

func isRightToLeft(r rune) bool { return r > 0x500 && unicode.In(r, rightToLeft...) }
