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
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// doomedQuestion is what is to be deleted: an application, a pair or a branch.
type doomedQuestion struct{ application, branch, consumer, provider string }

func doomedOf(values url.Values) doomedQuestion {
	value := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	return doomedQuestion{value("application"), value("branch"), value("consumer"), value("provider")}
}

func (q doomedQuestion) parameters() []kit.Parameter {
	var out []kit.Parameter
	for _, p := range []kit.Parameter{{Name: "application", Value: q.application}, {Name: "branch", Value: q.branch}, {Name: "consumer", Value: q.consumer}, {Name: "provider", Value: q.provider}} {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	return out
}

// things are what the question is about: the contracts of a pair belong to their
// consumer. One that names nothing is about everything.
func (q doomedQuestion) things() []access.Thing {
	switch {
	case q.application != "":
		return []access.Thing{access.Application(q.application)}
	case q.consumer != "":
		return []access.Thing{access.Application(q.consumer)}
	}
	return nil
}

var errNothingNamed = kernel.Errorf(kernel.CodeInvalid, "Name what is to be deleted: an application, a consumer and a provider, or an application and a branch.")

// deletePage asks what is to be deleted.
type deletePage struct {
	base
	Parent  kit.Link
	Problem string
	Forms   []kit.Form
}

func (*deletePage) template() string { return "delete" }

func nothingNamed(l links.Links, q doomedQuestion) *deletePage {
	p := &deletePage{base: base{title: "Delete"}, Parent: kit.Link{Text: "Admin", URL: l.AdminPage(), Own: true}, Forms: deleteForms(l)}
	if len(q.parameters()) > 0 {
		p.Problem = sentence(errNothingNamed)
	}
	return p
}

// askDelete says what goes, and asks again.
func (w *web) askDelete(r *http.Request) (page, error) {
	ctx, l, q := r.Context(), w.links(r), doomedOf(r.URL.Query())
	if things := q.things(); things == nil {
		if err := showableToSome(r, access.DeleteInBulk); err != nil {
			return nil, err
		}
	} else if err := w.showable(r, identity.Doing{Need: access.DeleteInBulk, Deletes: true}, things...); err != nil {
		return nil, err
	}
	p := &confirmPage{base: base{title: "Delete"}, Parents: kit.Links{{Text: "Admin", URL: l.AdminPage(), Own: true}}}
	c := &p.Confirm
	c.Action, c.Hidden, c.No = l.DeletePage(nil), q.parameters(), kit.Link{Text: "Keep it", URL: l.AdminPage()}
	var found registry.Doomed
	var err error
	switch {
	case q.application != "" && q.branch != "":
		found, err = w.service.Registry.WeighBranch(ctx, q.application, q.branch)
		c.Question, c.Yes = fmt.Sprintf("Delete the branch “%s” of %s?", q.branch, q.application), "Delete the branch"
		p.twin = api.Branch(q.application, q.branch)
		p.title = "Delete a branch of " + q.application
		c.Lost = append(c.Lost, "Its versions stay: "+countOf(found, found.Memberships, "is on it", "are on it", "version", "versions")+".", "What names the branch, such as a selector of a provider, finds nothing any more.")
		if found.IsMainBranch {
			c.Lost = append(c.Lost, "It is the main branch of "+q.application+".")
		}
	case q.application != "":
		found, err = w.service.Registry.WeighPacticipant(ctx, q.application)
		c.Question, c.Yes = fmt.Sprintf("Delete the application “%s”?", q.application), "Delete the application"
		p.title, p.twin = "Delete "+q.application, api.Pacticipant(q.application)
		if len(found.LiveIn) > 0 {
			c.Lost = append(c.Lost, "It is live in "+wording.List(found.LiveIn, "and")+". Nothing protects its partners there from what does not fit it any more.")
		}
	case q.consumer != "" && q.provider != "":
		found, err = w.service.Registry.WeighIntegration(ctx, q.consumer, q.provider)
		c.Question, c.Yes = fmt.Sprintf("Delete all contracts of “%s” with “%s”?", q.consumer, q.provider), "Delete the contracts"
		p.title, p.twin = "Delete "+q.consumer+" → "+q.provider, api.Integration(q.provider, q.consumer)
		if len(found.LiveIn) > 0 {
			c.Lost = append(c.Lost, "Both are live in "+wording.List(found.LiveIn, "and")+". Nothing protects them there from each other any more.")
		}
		c.Lost = append(c.Lost, "Versions and applications of which nothing else is known go too.")
	default:
		return nothingNamed(l, q), nil
	}
	if err != nil {
		return nil, namedApplication(err, q.application, q.consumer, q.provider)
	}
	p.Facts = doomedFacts(found)
	c.Lost = append(c.Lost, "What is deleted is gone: there is no way back but a copy of the database.")
	return p, nil
}

// namedApplication says that there is no application of a name, where an error says it
// of one of these in the words of the API.
func namedApplication(err error, names ...string) error {
	if kernel.ReasonOf(err) != kernel.ReasonUnknownName {
		return err
	}
	for _, name := range names {
		if name != "" && strings.Contains(err.Error(), "'"+name+"'") {
			return kernel.Errorf(kernel.CodeNotFound, "There is no application named %q.", name)
		}
	}
	return err
}

func countOf(d registry.Doomed, n int, is, are, one, many string) string {
	if n == 1 {
		return "1 " + one + " " + is
	}
	return countUpTo(n, d.Most) + " " + many + " " + are
}

// doomedFacts count what goes.
func doomedFacts(d registry.Doomed) kit.Facts {
	var f kit.Facts
	for _, one := range []struct {
		name string
		n    int
	}{
		{"Versions", d.Versions}, {"Branches", d.Branches}, {"Tags", d.Tags}, {"Pairs", d.Pairs}, {"Contracts", d.Contracts}, {"Verification results", d.Results},
		{"Webhooks that name it", d.Webhooks}, {"Deliveries of webhooks", d.Deliveries}, {"Deployed now", d.Deployments}, {"Released and supported now", d.Releases},
	} {
		if one.n > 0 {
			f.Add(one.name, kit.Text{Text: countUpTo(one.n, d.Most)})
		}
	}
	return f
}

// delete deletes what was asked about.
func (w *web) delete(r *http.Request, values url.Values) (done, error) {
	q := doomedOf(values)
	r, err := w.allow(r, identity.Doing{Need: access.DeleteInBulk, Deletes: true}, q.things()...)
	if err != nil {
		return done{}, err
	}
	ctx := r.Context()
	switch {
	case q.application != "" && q.branch != "":
		err = w.service.Registry.DeleteBranch(ctx, q.application, q.branch)
	case q.application != "":
		err = w.service.Registry.DeletePacticipant(ctx, q.application)
	case q.consumer != "" && q.provider != "":
		err = w.service.Registry.DeleteIntegration(ctx, q.consumer, q.provider)
	default:
		err = errNothingNamed
	}
	if kernel.IsNotFound(err) {
		err = kernel.Errorf(kernel.CodeNotFound, "There is nothing of that name any more: perhaps it is deleted already.")
	}
	if err != nil {
		return done{}, err
	}
	return done{to: w.links(r).AdminPage() + "?done=deleted"}, nil
}

// deleteForms ask what to delete; each leads to a page that asks again.
func deleteForms(l links.Links) []kit.Form {
	form := func(submit string, fields ...kit.Field) kit.Form {
		return kit.Form{Action: l.DeletePage(nil), Method: "get", Inline: true, Submit: submit, Fields: fields}
	}
	field := func(id, name, label string) kit.Field {
		return kit.Field{ID: id, Name: name, Label: label, Required: true}
	}
	return []kit.Form{
		form("Look what goes with it", field("delete-application", "application", "Application")),
		form("Look what goes with the pair", field("delete-consumer", "consumer", "Consumer"), field("delete-provider", "provider", "Provider")),
		form("Look what goes with the branch", field("delete-of", "application", "Application of the branch"), field("delete-branch", "branch", "Branch")),
	}
}
