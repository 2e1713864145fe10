package web

import (
	"net/http"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// me shows whoever looks who they are, as the broker knows them by what the browser sent.
func (w *web) me(r *http.Request) (page, error) {
	who, known := access.FromContext(r.Context())
	if !known {
		return nil, kernel.Errorf(kernel.CodeUnauthorized, "Your browser sent neither a token nor a password, and this broker lets everybody read. It asks you for a token when you open a page that writes: give any user, and the token as the password.")
	}
	var found personFound
	if who.UUID != "" {
		var err error
		if found, err = w.findPerson(r, who.UUID); err != nil && !kernel.IsNotFound(err) {
			return nil, err
		}
	}
	p := w.mePage(w.mayLinks(r), who, found)
	p.Note = personNotes[r.URL.Query().Get(doneParameter)]
	return p, nil
}

func (w *web) mePage(l mayLinks, who access.Who, found personFound) *accessPage {
	p := &accessPage{base: base{title: "Me", twin: api.User()}, Lead: "Who you are to this broker, by what your browser sent, and what you may do."}
	p.Facts.Add("Name", kit.Text{Text: who.Name})
	if found.UUID == "" { // no account is kept of them
		if who.Kind == access.KindPassword {
			p.Facts.Add("Known by", kit.Text{Text: "one of the two passwords that the broker is configured with"})
		}
		p.Sections = []accessSection{{ID: "may", Title: "What you may do", Table: permissionsTable(l, who.Permissions, nil)}}
		return p
	}
	own := who.MaySome(access.ManageTokens)
	p.Facts.Add("Kind", kit.Text{Text: kindWord(found.Kind)})
	p.Facts.Add("Known by", kit.Text{Text: "the token"}, kit.Text{Text: who.Token})
	p.Facts.Add("Roles", orElse(roleLinks(l, found.Roles, len(found.Roles)), "none")...)
	p.Facts.Add("Teams", orElse(teamsOfMember(l, found.Account), "none")...)
	p.Facts.Add("UUID", kit.Mono{Text: found.UUID})
	tokens := accessSection{ID: "tokens", Title: "My tokens", Table: w.tokensTable(l, "", found.Tokens, who.TokenPrefix, own)}
	if own {
		tokens.Doings = kit.Cell{kit.Link{Text: "New token", URL: l.NewTokenPage(""), Own: true}}
	} else {
		tokens.Lead = "To make, renew and revoke them you would need " + access.ManageTokens.String() + ":" + string(access.Own) + "."
	}
	p.Sections = []accessSection{tokens, {ID: "may", Title: "What you may do", Lead: "With the token that your browser sent.", Table: permissionsTable(l, who.Permissions, nil)}}
	if found.Recorded {
		events := w.eventsSection(l, who.UUID, found.Events)
		events.Title = "What you did last"
		p.Sections = append(p.Sections, events)
	}
	return p
}
