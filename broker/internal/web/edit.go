package web

import (
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// editPage asks for a new environment or application, or what is to be changed of one.
type editPage struct {
	base
	Parents kit.Links
	Lead    string
	Form    kit.Form
}

func (*editPage) template() string { return "edit" }

// seenParameter is the hidden field that says which state of a thing somebody saw.
const seenParameter = "seen"

// routeEdits adds the forms of environments and applications, and what is deleted of
// them. They have addresses of their own: below those of the pages, names could be taken
// for them.
func (w *web) routeEdits() {
	w.route("GET /ui/edit/environments", w.newEnvironment)
	w.form("POST /ui/edit/environments", w.createEnvironment)
	w.route("GET /ui/edit/environments/{uuid}", w.editEnvironment)
	w.form("POST /ui/edit/environments/{uuid}", w.saveEnvironment)
	w.route("GET /ui/edit/environments/{uuid}/delete", w.askDeleteEnvironment)
	w.form("POST /ui/edit/environments/{uuid}/delete", w.deleteEnvironment)
	w.route("GET /ui/edit/applications", w.newApplication)
	w.form("POST /ui/edit/applications", w.createApplication)
	w.route("GET /ui/edit/applications/{name}", w.editApplication)
	w.form("POST /ui/edit/applications/{name}", w.saveApplication)
	w.route("GET /ui/edit/delete", w.askDeleteOne)
	w.form("POST /ui/edit/delete", w.deleteOne)
}

// linesOf are the lines of a text area that say something, without the blanks around
// them.
func linesOf(values url.Values, name string) []string {
	var out []string
	for line := range strings.Lines(values.Get(name)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// refusedForm tells whether a form is shown again after an error, with what is wrong by
// field, or with a sentence about all of it: what can be mended or only needs to wait is
// not typed twice.
func refusedForm(err error) (wrong kernel.Fields, sentence string, again bool) {
	if fields, is := problemsOf(err); is {
		return fields, "", true
	}
	if why, waits := waitsFor(err); waits {
		return nil, why, true
	}
	return nil, "", false
}

// waitsFor says why a form could not be taken at the moment, such as that the database is
// busy.
func waitsFor(err error) (why string, waits bool) {
	if err = kernel.OfTime(err); kernel.CodeOf(err) != kernel.CodeUnavailable {
		return "", false
	}
	why = strings.TrimSuffix(sentence(err), ".") + "."
	if kernel.ReasonOf(err) == kernel.ReasonOutcomeUnknown {
		return why + " Nobody knows whether it was done: look before you send it again.", true
	}
	return why + " What you filled in is still here: send it again in a while.", true
}
