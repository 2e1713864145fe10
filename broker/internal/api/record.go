package api

import (
	"context"
	"log/slog"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

// record puts the act of a request that would write into its context, where a record is
// kept. What begins a transaction finds it there; what is not allowed is recorded here.
// Who is not known at all is in the log, where they are counted and slowed: nobody
// should be able to fill the database without a password.
func (a *API) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !a.audits() {
			return next(c)
		}
		action := actionOf(c)
		if action == "" {
			return next(c)
		}
		r := c.Request()
		act := &kernel.Act{Kind: "anyone", IP: a.clientOf(r).String(), RequestID: requestID(r.Header.Get("X-Request-Id")), Action: action, Resource: r.URL.EscapedPath(), Subject: subjectOf(c)}
		c.SetRequest(r.WithContext(kernel.WithAct(r.Context(), act)))
		err := next(c)
		if act.Refused() || kernel.CodeOf(err) == kernel.CodeForbidden || isUnknown(err) && act.Name != "" {
			if failed := a.service.Audit.Deny(c.Request().Context()); failed != nil {
				a.logUnrecorded(c.Request().Context(), action, failed)
			}
		}
		return err
	}
}

func (a *API) logUnrecorded(ctx context.Context, action string, err error) {
	a.log.ErrorContext(ctx, "a request that was not allowed could not be recorded", slog.String("action", action), errlog.Attr(err))
}

// audits reports whether a record is kept.
func (a *API) audits() bool {
	return a.service != nil && a.service.Audit != nil && a.service.Audit.On()
}

// by says who does the act of a request.
func by(c echo.Context, who access.Who) {
	if act := kernel.ActOf(c.Request().Context()); act != nil {
		act.Principal, act.Name, act.Kind, act.Token, act.Rule = who.UUID, who.Title(), who.Kind, who.TokenPrefix, who.Rule
	}
}

// actionForm is what actions look like.
var actionForm = regexp.MustCompile(`^[a-z][a-z_]{0,99}$`)

var requestIDForm = regexp.MustCompile(`^[\w.:-]{1,100}$`)

// requestID is what a proxy calls a request, if that can be one.
func requestID(text string) string {
	if requestIDForm.MatchString(text) {
		return text
	}
	return ""
}

// subjectOf is what the address says that a request is about.
func subjectOf(c echo.Context) map[string]string {
	out := map[string]string{}
	for _, name := range c.ParamNames() {
		if value := parameter(c, name); name != "*" && value != "" {
			out[name] = strings.ToValidUTF8(value, "\uFFFD")
		}
	}
	return out
}

// actionOf is what a request does, "" for one that writes nothing: the same whether it is
// allowed or not. Events of webhooks have the names that they have there.
func actionOf(c echo.Context) string {
	r := routeOf(c)
	if r == nil {
		return ""
	}
	for _, m := range r.methods {
		if m.name == c.Request().Method && !isSafe(m.name) && !m.need().Reads() {
			if m.does != "" {
				return m.does
			}
			return nameOfAction(r, m.name, c.Request().URL.Path)
		}
	}
	return ""
}

// knownActions are those of addresses whose relation does not name them.
var knownActions = map[string]string{
	"pact-webhooks POST": "webhook_created", "provider-webhooks POST": "webhook_created", "consumer-webhooks POST": "webhook_created", "branches DELETE": "branches_deleted",
	"latest-verification-results DELETE": "provider_verification_deleted", "verification-result DELETE": "provider_verification_deleted", "deployed-version PATCH": "deployment_changed", "released-version PATCH": "release_changed",
	"publish-pact PUT": "contract_published", "publish-pact PATCH": "contract_published", "publish-pact DELETE": "contract_deleted", "publish-contracts POST": "contract_published",
	"publish-verification-results POST": "provider_verification_published", "verification-results DELETE": "provider_verification_deleted",
	"record-deployment POST": "deployment_recorded", "record-release POST": "release_recorded", "start-rollout POST": "rollout_started", "execute POST": "webhook_executed", "delete_integration DELETE": "integration_deleted",
}

// verbs are what methods do.
var verbs = map[string]string{"POST": "created", "PUT": "saved", "PATCH": "changed", "DELETE": "deleted"}

func nameOfAction(r *route, method, path string) string {
	if known, ok := knownActions[r.rel+" "+method]; ok {
		return known
	}
	switch {
	case r.path == "/oauth/device_authorization":
		return "device_login_begun" // which nobody who is known does, so that it is not recorded
	case r.path == "/oauth/revoke":
		return "token_deleted"
	case r.public == publicExchange:
		return "token_exchanged"
	case r.path == "/logout":
		return "logout"
	case r.path == "/admin/users" && method == "POST", strings.HasPrefix(r.path, "/admin/users/invite-user"):
		return "user_invited"
	case strings.HasSuffix(r.path, "/regenerate"):
		return "token_regenerated"
	case strings.HasPrefix(r.path, "/ui"):
		return actionOfForm(path)
	case method == "DELETE" && strings.HasPrefix(r.path, pairPath):
		return "contracts_deleted"
	case strings.Contains(r.path, "/role") && r.rel == "accounts":
		return "account_roles_changed"
	case strings.Contains(r.path, "/users") && r.rel == "teams":
		return "team_members_changed"
	}
	subject := strings.TrimSuffix(strings.TrimPrefix(r.rel, "pb:"), "s")
	return strings.ReplaceAll(subject, "-", "_") + "_" + verbs[method]
}

// actionOfForm names what a form does, as the API names the same.
func actionOfForm(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/") // ui, webhooks, …, edit
	if len(parts) < 2 {
		return "form_sent"
	}
	if parts[1] == "edit" {
		return actionOfEdit(parts[2:])
	}
	subject, last := strings.TrimSuffix(parts[1], "s"), parts[len(parts)-1]
	for ending, verb := range map[string]string{"new": "created", "edit": "saved", "delete": "deleted", "test": "executed", "again": "fired", "retention": "cleaned", "sample": "created"} {
		if last == ending {
			return subject + "_" + verb
		}
	}
	return subject + "_sent"
}

// actionOfEdit names what the forms below /ui/edit do. Which part of a version is deleted
// stands in the form, and in the address only as what goes with it: names of things are
// no names of actions.
func actionOfEdit(parts []string) string {
	subjects := map[string]string{"environments": "environment", "applications": "pacticipant"}
	if len(parts) == 0 || subjects[parts[0]] == "" {
		return "contract_data_deleted"
	}
	verbs := []string{"created", "saved", "deleted"}
	return subjects[parts[0]] + "_" + verbs[min(len(parts), len(verbs))-1]
}
