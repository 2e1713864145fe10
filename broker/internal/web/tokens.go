package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// Tokens are of an account, or of whoever looks: the pages are the same, below the
// account and below "me". A value is shown by the page that answers the form that made it,
// and nowhere else: that page is kept by nobody, and its address has nothing of it.

// tokenOwner says whose tokens a page is about.
type tokenOwner struct {
	identity.Account
	// own says that they are those of whoever looks.
	own bool
}

// address is how links name the owner: those of whoever looks need no name.
func (o tokenOwner) address() string {
	if o.own {
		return ""
	}
	return o.UUID
}

func (o tokenOwner) page(l mayLinks) string {
	if o.own {
		return l.MePage()
	}
	return l.PersonPage(o.UUID)
}

func (o tokenOwner) parents(l mayLinks) kit.Links {
	if o.own {
		return kit.Links{{Text: "Me", URL: l.MePage(), Own: true}}
	}
	return kit.Links{{Text: "People", URL: l.PeoplePage(), Own: true}, {Text: o.Name, URL: l.PersonPage(o.UUID)}}
}

func (o tokenOwner) twin() string {
	if o.own {
		return api.OwnTokens()
	}
	return api.TokensOfAccount(o.UUID)
}

var errNoTokensOfPasswords = kernel.Errorf(kernel.CodeForbidden, "Users of the two passwords have no tokens: accounts have. An administrator makes one under People.")

// ownerOf finds whose tokens an address is about.
func (w *web) ownerOf(r *http.Request) (tokenOwner, error) {
	uuid, own := r.PathValue("uuid"), false
	if uuid == "" {
		if uuid, own = whoAsks(r).UUID, true; uuid == "" {
			return tokenOwner{}, errNoTokensOfPasswords
		}
	}
	found, err := w.service.Identity.FindAccount(r.Context(), uuid)
	return tokenOwner{found, own}, err
}

// tokenOf finds a token of an address, and whose it is.
func (w *web) tokenOf(r *http.Request) (tokenOwner, kernel.Token, error) {
	owner, err := w.ownerOf(r)
	if err != nil {
		return owner, kernel.Token{}, err
	}
	all, err := w.service.Identity.ListTokens(r.Context(), owner.UUID)
	if err != nil {
		return owner, kernel.Token{}, err
	}
	at := slices.IndexFunc(all, func(k kernel.Token) bool { return k.UUID == r.PathValue("token") })
	if at < 0 {
		return owner, kernel.Token{}, kernel.Errorf(kernel.CodeNotFound, "The account has no such token: perhaps it is revoked already.")
	}
	return owner, all[at], nil
}

// tokensTable lists tokens. The account is "" for those of whoever looks, and shown is the
// prefix of the one that the browser sent.
func (w *web) tokensTable(l mayLinks, account string, tokens []kernel.Token, shown string, manages bool) kit.Table {
	t := kit.Table{Name: "tokens", Columns: []kit.Column{{Title: "Name"}, {Title: "Begins with"}, {Title: "May"}, {Title: "Expires"}, {Title: "Last used"}, {Title: "Made by"}}, Empty: kit.Empty{Text: "There is no token."}}
	if manages {
		t.Columns = append(t.Columns, kit.Column{Title: "To do"})
	}
	for _, k := range tokens {
		row := kit.Row{{kit.Text{Text: k.Name}}, {kit.Muted{Text: "no value yet"}}, mayOfToken(k), {w.expiry(k)}, {w.moment(k.LastUsedAt)}, {kit.Muted{Text: "not known"}}}
		if k.Prefix != "" {
			row[1] = kit.Cell{kit.Mono{Text: "trt_" + k.Prefix + "_"}}
		}
		if k.Prefix != "" && k.Prefix == shown {
			row[0] = append(row[0], kit.Muted{Text: "your browser sent this one"})
		}
		if k.MadeBy != "" {
			row[5] = kit.Cell{kit.Text{Text: k.MadeBy}}
		}
		if manages {
			renew := "new value"
			if k.Prefix == "" {
				renew = "make a value"
			}
			row = append(row, kit.Cell{kit.Links{{Text: renew, URL: l.DoTokenPage(account, k.UUID, "renew"), Own: true}, {Text: "revoke", URL: l.DoTokenPage(account, k.UUID, "delete"), Own: true}}})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func mayOfToken(k kernel.Token) kit.Cell {
	out := kit.Cell{kit.Text{Text: "read and write"}}
	if !k.Writes {
		out = kit.Cell{kit.Text{Text: "only read"}}
	}
	if k.Permissions != nil {
		out = append(out, kit.Muted{Text: "narrowed to"})
		for _, p := range k.Permissions {
			out = append(out, kit.Line{Cell: kit.Cell{kit.Mono{Text: p}}})
		}
	}
	return out
}

// expiry says when a token ends.
func (w *web) expiry(k kernel.Token) kit.Part {
	switch {
	case k.ExpiresAt.IsZero():
		return kit.Muted{Text: "never"}
	case !w.config.Now().Before(k.ExpiresAt):
		return kit.No("expired")
	}
	return w.moment(k.ExpiresAt)
}

// lifetimes are how many days a new token may live; none is for ever.
var lifetimes = []kit.Option{{Value: "7", Text: "in 7 days"}, {Value: "30", Text: "in 30 days"}, {Value: "90", Text: "in 90 days"}, {Value: "365", Text: "in a year"}, {Value: "", Text: "never"}}

func (w *web) newToken(r *http.Request) (page, error) {
	owner, err := w.ownerOf(r)
	if err != nil {
		return nil, err
	}
	p := tokenForm(w.mayLinks(r), owner, url.Values{"expires": {"90"}}, nil)
	p.Form.Hidden = w.once()
	return p, nil
}

// tokenForm asks for a new token, as it was filled in.
func tokenForm(l mayLinks, owner tokenOwner, values url.Values, wrong kernel.Fields) *editPage {
	p := &editPage{
		base: base{title: "New token of " + owner.Name, twin: owner.twin(), still: true}, Parents: owner.parents(l),
		Lead: "Its value is shown once, after this: the broker keeps what proves it, and not the value.",
		Form: kit.Form{Action: l.NewTokenPage(owner.address()), Method: "post", Submit: "Make the token", Cancel: kit.Link{Text: "Leave it", URL: owner.page(l), Own: true}},
	}
	expires := kit.Field{ID: "expires", Name: "expires", Label: "Expires", Kind: "select"}
	for _, o := range lifetimes {
		o.Current = o.Value == values.Get("expires")
		expires.Options = append(expires.Options, o)
	}
	p.Form.Fields = []kit.Field{
		{ID: "name", Name: "name", Label: "Name", Value: values.Get("name"), Required: true, Placeholder: "main branch of checkout", Hint: "Where it is used, so that it is known which one to renew."},
		{ID: "write", Name: "write", Label: "It may write what the account may write", Kind: "checkbox", Value: "true", Checked: values.Get("write") == "true"},
		expires,
	}
	narrowed := kit.Field{ID: "permissions", Name: "permission", Label: "Narrowed to", Kind: "checks", Hint: "None ticked: all that the account may."}
	for _, known := range owner.Permissions() {
		narrowed.Options = append(narrowed.Options, kit.Option{Value: known.String(), Text: known.String() + ": " + access.InWords(known), Current: slices.Contains(values["permission"], known.String())})
	}
	if len(narrowed.Options) > 0 {
		p.Form.Fields = append(p.Form.Fields, narrowed)
	}
	p.Form.Problem = addProblems(p.Form.Fields, map[string]string{"name": "name", "permissions": "permissions", "expiresAt": "expires"}, wrong)
	return p
}

func (w *web) createToken(r *http.Request, values url.Values) (done, error) {
	owner, err := w.ownerOf(r)
	if err != nil {
		return done{}, err
	}
	in := identity.TokenInput{UUID: values.Get(onceParameter), Name: strings.TrimSpace(values.Get("name")), Writes: values.Get("write") == "true", Permissions: values["permission"]}
	if text := values.Get("expires"); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > 3660 {
			return done{}, kernel.Errorf(kernel.CodeInvalid, "The form does not say in how many days the token expires: open it again.")
		}
		in.ExpiresAt = w.config.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	token, value, err := w.service.Identity.CreateToken(r.Context(), whoAsks(r), owner.UUID, in)
	if err == nil {
		return done{page: valuePage(w.mayLinks(r), owner, token, value)}, nil
	}
	wrong, problem, again := refused(err)
	if !again {
		return done{}, err
	}
	p := tokenForm(w.mayLinks(r), owner, values, wrong)
	p.Form.Hidden = onceAgain(values.Get(onceParameter))
	if problem != "" {
		p.Form.Problem = problem
	}
	return done{page: p, because: err}, nil
}

// valuePage is the only page with the value of a token.
func valuePage(l mayLinks, owner tokenOwner, token kernel.Token, value string) *accessPage {
	p := &accessPage{
		base: base{title: "Keep this token now", still: true}, Parents: owner.parents(l), shows: true,
		Lead:   fmt.Sprintf("This is the value of “%s” of %s. Nobody can read it again, here or elsewhere: put it where it is used, and close this page.", token.Name, owner.Name),
		Codes:  []kit.Code{{Label: "Value", Text: value}},
		Doings: kit.Cell{kit.Link{Text: "I have kept it", URL: owner.page(l), Own: true}},
	}
	p.Facts.Add("Clients take it from", kit.Mono{Text: "PACT_BROKER_TOKEN"})
	p.Facts.Add("May", mayOfToken(token)...)
	if !token.ExpiresAt.IsZero() {
		p.Facts.Add("Expires", kit.Text{Text: token.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC")})
	}
	return p
}

// seenPrefix is the hidden field that says which value of a token somebody saw.
const seenPrefix = "prefix"

func (w *web) askRenewToken(r *http.Request) (page, error) {
	owner, token, err := w.tokenOf(r)
	if err != nil {
		return nil, err
	}
	return w.confirmRenewal(w.mayLinks(r), owner, token), nil
}

func (w *web) confirmRenewal(l mayLinks, owner tokenOwner, token kernel.Token) *confirmPage {
	p := &confirmPage{base: base{title: "A new value for a token", twin: owner.twin()}, Parents: owner.parents(l)}
	p.Confirm = kit.Confirm{
		Question: fmt.Sprintf("Give “%s” a new value?", token.Name), Action: l.DoTokenPage(owner.address(), token.UUID, "renew"), Yes: "Make the new value", No: kit.Link{Text: "Leave it", URL: owner.page(l)},
		Hidden: []kit.Parameter{{Name: seenPrefix, Value: token.Prefix}}, Lost: []string{"The value that it has now is refused within two seconds.", "The new one is shown once, on the next page."},
	}
	if token.Prefix == "" {
		p.Confirm.Question, p.Confirm.Yes, p.Confirm.Harmless = fmt.Sprintf("Make a value for “%s”?", token.Name), "Make the value", true
		p.Confirm.Lost = []string{"It is shown once, on the next page."}
	}
	p.Facts.Add("Last used", w.moment(token.LastUsedAt))
	p.Facts.Add("May", mayOfToken(token)...)
	return p
}

func (w *web) renewToken(r *http.Request, values url.Values) (done, error) {
	owner, err := w.ownerOf(r)
	if err != nil {
		return done{}, err
	}
	if !values.Has(seenPrefix) {
		return done{}, errNotSeen
	}
	token, value, err := w.service.Identity.RenewToken(r.Context(), whoAsks(r), owner.UUID, r.PathValue("token"), values.Get(seenPrefix))
	if err != nil {
		return done{}, err
	}
	return done{page: valuePage(w.mayLinks(r), owner, token, value)}, nil
}

func (w *web) askDeleteToken(r *http.Request) (page, error) {
	owner, token, err := w.tokenOf(r)
	if err != nil {
		return nil, err
	}
	return w.confirmRevocation(w.mayLinks(r), owner, token, whoAsks(r).TokenPrefix), nil
}

func (w *web) confirmRevocation(l mayLinks, owner tokenOwner, token kernel.Token, shown string) *confirmPage {
	p := &confirmPage{base: base{title: "Revoke a token", twin: owner.twin()}, Parents: owner.parents(l)}
	p.Confirm = kit.Confirm{
		Question: fmt.Sprintf("Revoke “%s”?", token.Name), Action: l.DoTokenPage(owner.address(), token.UUID, "delete"), Yes: "Revoke the token", No: kit.Link{Text: "Keep it", URL: owner.page(l)},
		Lost: []string{"Whoever shows it is refused within two seconds.", "It does not come back: a new token has another value."},
	}
	if token.Prefix != "" && token.Prefix == shown {
		p.Confirm.Lost = append(p.Confirm.Lost, "It is the one that your browser sent: this page asks you for another one then.")
	}
	p.Facts.Add("Last used", w.moment(token.LastUsedAt))
	return p
}

func (w *web) deleteToken(r *http.Request, _ url.Values) (done, error) {
	owner, err := w.ownerOf(r)
	if err != nil {
		return done{}, err
	}
	if err := w.service.Identity.DeleteToken(r.Context(), whoAsks(r), owner.UUID, r.PathValue("token")); err != nil {
		return done{}, err
	}
	return done{to: owner.page(w.mayLinks(r)) + "?done=revoked"}, nil
}
