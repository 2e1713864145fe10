package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// One thing of a version is deleted by who may publish; what many versions have in common
// is deleted elsewhere, by who may do that. So this asks for a version in every case.

// oneDoomed is a version that is to be deleted, or its tag, or its contract with a
// provider.
type oneDoomed struct{ application, version, tag, provider string }

// wayBack is said of everything that is deleted.
const wayBack = "What is deleted is gone: there is no way back but a copy of the database."

var errNoVersionNamed = kernel.Errorf(kernel.CodeInvalid, "Name an application and its version, and a tag or a provider if the version is to stay.")

func oneDoomedOf(values url.Values) (oneDoomed, error) {
	q := oneDoomed{values.Get("application"), values.Get("version"), values.Get("tag"), values.Get("provider")}
	if strings.TrimSpace(q.application) == "" || strings.TrimSpace(q.version) == "" || q.tag != "" && q.provider != "" {
		return q, errNoVersionNamed
	}
	if values.Has("tag") && q.tag == "" || values.Has("provider") && q.provider == "" {
		return q, errNoVersionNamed // an empty one must not take the whole version
	}
	return q, nil
}

func (q oneDoomed) parameters() []kit.Parameter {
	out := []kit.Parameter{{Name: "application", Value: q.application}, {Name: "version", Value: q.version}}
	if q.tag != "" {
		out = append(out, kit.Parameter{Name: "tag", Value: q.tag})
	}
	if q.provider != "" {
		out = append(out, kit.Parameter{Name: "provider", Value: q.provider})
	}
	return out
}

func (q oneDoomed) page(l links.Links) string {
	query := url.Values{}
	for _, p := range q.parameters() {
		query.Set(p.Name, p.Value)
	}
	return l.DeleteOnePage(query)
}

func (w *web) askDeleteOne(r *http.Request) (page, error) {
	if r.URL.RawQuery == "" { // somebody loads the address of the form
		return nothingNamed(w.links(r), doomedQuestion{}), nil
	}
	q, err := oneDoomedOf(r.URL.Query())
	if err != nil {
		return nil, err
	}
	if err := w.showable(r, identity.Doing{Need: access.ManageContracts, Deletes: true}, access.Application(q.application)); err != nil {
		return nil, err
	}
	v, err := w.service.Overview.LookAtVersion(r.Context(), q.application, q.version)
	if err != nil {
		return nil, namedApplication(err, q.application)
	}
	return doomedOne(w.links(r), q, v)
}

// doomedOne says what goes, and asks again.
func doomedOne(l links.Links, q oneDoomed, v overview.VersionAnswer) (page, error) {
	name, short := v.Application.Name, kit.Short(v.Number)
	p := &confirmPage{base: base{title: "Delete"}, Parents: kit.Links{
		{Text: "Applications", URL: l.ApplicationsPage(), Own: true}, {Text: name, URL: l.ApplicationPage(name)}, {Text: short, URL: l.VersionPage(name, v.Number)},
	}}
	c := &p.Confirm
	c.Action, c.Hidden, c.No = l.DeleteOnePage(nil), q.parameters(), kit.Link{Text: "Keep it", URL: l.VersionPage(name, v.Number)}
	live := liveOfVersion(v.VersionDetails)
	switch {
	case q.tag != "":
		if !containsTag(v.Tags, q.tag) {
			return nil, kernel.Errorf(kernel.CodeNotFound, "%s %s has no tag %q.", name, short, q.tag)
		}
		p.title, p.twin = "Take a tag off "+name+" "+short, api.Tag(name, v.Number, q.tag)
		c.Question, c.Yes = fmt.Sprintf("Take the tag “%s” off %s %s?", q.tag, name, short), "Take the tag off"
		c.Lost = append(c.Lost, "The version stays, with its contracts and results.", "What names the tag, such as a selector of a provider, finds the version before, or nothing.")
	case q.provider != "":
		pact, found := contractOf(v, q.provider)
		if !found {
			return nil, kernel.Errorf(kernel.CodeNotFound, "%s %s has no contract with %q.", name, short, q.provider)
		}
		p.title, p.twin = "Delete a contract of "+name+" "+short, api.Pair(q.provider, name).Pact(v.Number)
		c.Question, c.Yes = fmt.Sprintf("Delete the contract of %s %s with “%s”?", name, short, q.provider), "Delete the contract"
		c.No.URL = l.ContractPage(name, q.provider, v.Number)
		if len(live) > 0 {
			c.Lost = append(c.Lost, "The version is live in "+wording.List(live, "and")+". Nothing protects it there from "+q.provider+" any more.")
		}
		c.Lost = append(c.Lost, "The version stays. Results of the same content stay where another version has it.", wayBack)
		if pact.LatestVerification != nil {
			p.Facts.Add("Last result", verificationStatus(*pact.LatestVerification))
		}
	default:
		p.title, p.twin = "Delete "+name+" "+short, api.Version(name, v.Number)
		c.Question, c.Yes = fmt.Sprintf("Delete the version %s of %s?", short, name), "Delete the version"
		if len(live) > 0 {
			c.Lost = append(c.Lost, "It is live in "+wording.List(live, "and")+". Nothing protects its partners there from what does not fit it any more.")
		}
		c.Lost = append(c.Lost, "Its contracts and its results go with it.", wayBack)
		p.Facts.Add("Version", kit.Mono{Text: v.Number})
		for _, one := range []struct {
			name string
			n    int
			more bool
		}{{"Branches", len(v.Branches), false}, {"Tags", len(v.Tags), false}, {"Contracts", len(v.Published), false}, {"Verification results", len(v.Results), v.MoreResults}} {
			text := fmt.Sprint(one.n)
			if one.more {
				text = "more than " + text
			}
			if one.n > 0 {
				p.Facts.Add(one.name, kit.Text{Text: text})
			}
		}
	}
	return p, nil
}

// liveOfVersion are the environments in which a version is now.
func liveOfVersion(v kernel.VersionDetails) []string {
	var out []string
	add := func(e kernel.Environment, ended bool) {
		if !ended && !containsText(out, e.Name) {
			out = append(out, e.Name)
		}
	}
	for _, d := range v.Deployed {
		add(d.Environment, !d.UndeployedAt.IsZero())
	}
	for _, r := range v.Released {
		add(r.Environment, !r.SupportEndedAt.IsZero())
	}
	return out
}

func containsText(all []string, text string) bool {
	for _, one := range all {
		if one == text {
			return true
		}
	}
	return false
}

func containsTag(tags []kernel.Tag, name string) bool {
	return containsText(kernel.TagNames(tags), name)
}

// contractOf is the contract of a version with a provider.
func contractOf(v overview.VersionAnswer, provider string) (kernel.Pact, bool) {
	for _, p := range v.Published {
		if p.Provider.Name == provider {
			return p, true
		}
	}
	return kernel.Pact{}, false
}

// versionNotes are what the page of a version says of what was done just now.
var versionNotes = map[string]string{"deleted": "It is deleted. The version stays."}

func (w *web) deleteOne(r *http.Request, values url.Values) (done, error) {
	l := w.links(r)
	q, err := oneDoomedOf(values)
	if err == nil { // a contract belongs to its consumer
		r, err = w.allow(r, identity.Doing{Need: access.ManageContracts, Deletes: true}, access.Application(q.application))
	}
	ctx, to := r.Context(), l.VersionPage(q.application, q.version)
	switch {
	case err != nil:
		return done{}, err
	case q.tag != "":
		err = w.service.Registry.DeleteTag(ctx, q.application, q.version, q.tag)
	case q.provider != "":
		_, err = w.service.Publish.DeletePact(ctx, q.application, q.provider, q.version)
	default:
		to = l.ApplicationPage(q.application)
		err = w.service.Registry.DeleteVersion(ctx, q.application, q.version)
	}
	if kernel.IsNotFound(err) {
		err = kernel.Errorf(kernel.CodeNotFound, "There is nothing of that name any more: perhaps it is deleted already.")
	}
	if err != nil {
		return done{}, err
	}
	return done{to: to + "?done=deleted"}, nil
}
