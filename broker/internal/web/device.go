package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/visible"
)

// devicePage lets somebody confirm a login at a terminal, by the code that stands there.
// What asks says who it is, and nobody vouches for that: so the page says what is known of
// it, and what is claimed. Nothing is granted by looking at it.
type devicePage struct {
	base
	Note, Lead string
	// Code asks for the code; Grant and Refuse answer one that was found.
	Code, Grant, Refuse kit.Form
	Facts               kit.Facts
	answered            int
}

func (*devicePage) template() string { return "device" }

func (p *devicePage) status() int { return p.answered }

// codeParameter is the short code, in the address and in the form; answerParameter what
// somebody says to it.
const codeParameter, answerParameter = "user_code", "answer"

// errNoDevices is what the page says on a broker that nobody logs in to.
var errNoDevices = kernel.Errorf(kernel.CodeNotFound, "Nobody logs in to this broker, at a terminal or elsewhere: its operator names no login service (--oidc-issuer).")

func (w *web) routeDevice() {
	w.route("GET /ui/device", w.device)
	w.form("POST /ui/device", w.answerDevice)
}

// deviceNotes say what was done.
var deviceNotes = map[string]string{
	"granted": "The terminal gets its token within some seconds. You can close this page; the token stands under Me, where you can revoke it.",
	"refused": "The terminal is refused, and gets nothing.",
}

func (w *web) device(r *http.Request) (page, error) {
	if w.config.Login == "" {
		return nil, errNoDevices
	}
	code := strings.TrimSpace(r.URL.Query().Get(codeParameter))
	p := askCode(w.links(r).DevicePage(""), code)
	p.Note = deviceNotes[r.URL.Query().Get(doneParameter)]
	if code == "" {
		return p, nil
	}
	found, err := w.service.Identity.FindDevice(r.Context(), code)
	if kernel.IsNotFound(err) {
		return p.wrong(err), nil
	}
	if err != nil {
		return nil, err
	}
	return w.confirmDevice(w.links(r).DevicePage(""), code, found, whoAsks(r)), nil
}

// askCode asks for a code, as it was typed the last time.
func askCode(action, code string) *devicePage {
	return &devicePage{
		base: base{title: "Log in at a terminal", still: true}, answered: http.StatusOK,
		Lead: "A command such as treaty login shows a code. Type it here to let that terminal do what you may.",
		Code: kit.Form{Action: action, Method: "get", Submit: "Go on", Fields: []kit.Field{
			{ID: "code", Name: codeParameter, Label: "Code", Value: code, Required: true, Placeholder: "BCDF-GHJK", Hint: "8 letters. Type only what you have begun yourself: whoever sends you a code wants to be you."},
		}},
	}
}

// wrong is the page again, for a code that no login waits for.
func (p *devicePage) wrong(err error) *devicePage {
	p.Code.Fields[0].Error, p.answered = sentence(err), http.StatusNotFound
	return p
}

// confirmDevice asks whether to let in the program that a code is of.
func (w *web) confirmDevice(action, code string, d kernel.DeviceLogin, who access.Who) *devicePage {
	p := &devicePage{
		base: base{title: "Let a terminal in?", still: true}, answered: http.StatusOK,
		Lead: "Somebody has begun to log in at a terminal. Let it in only if that was you just now, and the terminal shows this code.",
	}
	p.Facts.Add("Code", kit.Mono{Text: identity.ShownCode(code)})
	p.Facts.Add("Asked from", kit.Mono{Text: d.Address})
	p.Facts.Add("Asked", w.moment(d.CreatedAt))
	machine := "no machine"
	if d.Machine != "" {
		machine = "“" + visible.Text(d.Machine) + "”"
	}
	p.Facts.Add("Says of itself", kit.Text{Text: "that it is the program “" + visible.Text(d.Program) + "” on " + machine}, kit.Muted{Text: "anybody can say so: it is not verified"})
	gets := "a token of yours, " + who.Name + ", that may do all that you may"
	if who.Token != "" {
		gets = "a token of yours, " + who.Name + ", that may do what the token may that your browser sent"
	}
	p.Facts.Add("Gets", kit.Text{Text: gets}, kit.Muted{Text: "for " + inWords(min(w.config.LoginLasts, identity.LongestLogin)) + " at most; it stands under Me, where you can revoke it"})
	answer := func(what, submit string) kit.Form {
		return kit.Form{Action: action, Method: "post", Submit: submit, Hidden: []kit.Parameter{{Name: codeParameter, Value: code}, {Name: answerParameter, Value: what}}}
	}
	p.Grant, p.Refuse = answer("grant", "Let it in"), answer("refuse", "Refuse it")
	return p
}

func (w *web) answerDevice(r *http.Request, values url.Values) (done, error) {
	if w.config.Login == "" {
		return done{}, errNoDevices
	}
	code, to := values.Get(codeParameter), w.links(r).DevicePage("")
	switch values.Get(answerParameter) {
	case "grant":
		_, err := w.service.Identity.GrantDevice(r.Context(), whoAsks(r), code, w.config.LoginLasts)
		return done{to: to + "?done=granted"}, err
	case "refuse":
		_, err := w.service.Identity.RefuseDevice(r.Context(), code)
		return done{to: to + "?done=refused"}, err
	}
	return done{}, kernel.Errorf(kernel.CodeInvalid, "The form does not say whether to let the terminal in: open it again.")
}
