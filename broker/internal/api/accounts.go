package api

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/internal/hal"
)

// getUser says who asks and what they may do.
func (a *API) getUser(c echo.Context) error {
	who := a.whoOf(c)
	r := hal.New()
	if who.UUID != "" {
		r.Set("uuid", who.UUID)
	}
	r.Set("name", who.Name).Set("email", textOrNull(who.Email)).Set("active", true).Set("permissions", permissionDocs(who.Permissions)).
		Link("self", hal.Link{Href: a.links(c).User()}).
		Link("pb:tokens", hal.Link{Title: "Own tokens", Href: a.links(c).OwnTokens()})
	if who.Token != "" {
		r.Set("token", who.Token)
	}
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) listAccounts(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	page, err := readPage(q, kernel.Page{})
	if err != nil {
		return err
	}
	list, err := a.service.Identity.ListAccounts(c.Request().Context(), kernel.PrincipalFilter{
		Search: q.text("q"), Active: q.text("active") == "true", Kind: map[string]kernel.PrincipalKind{"0": kernel.KindUser, "1": kernel.KindAccount}[q.text("userType")], Page: page,
	})
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list.Items))
	for _, account := range list.Items {
		docs = append(docs, accountDoc(l, account))
	}
	r := hal.New().Set("users", docs).Link("self", hal.Link{Title: "Accounts", Href: a.selfWithQuery(c)})
	return writeHAL(c, http.StatusOK, addPage(r, list, l.Accounts()))
}

func (a *API) getAccount(c echo.Context) error {
	account, err := a.service.Identity.FindAccount(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, accountDoc(a.links(c), account))
}

func (a *API) createAccount(c echo.Context) error {
	in, err := bindAccount(c, true)
	if err != nil {
		return err
	}
	account, err := a.service.Identity.CreateAccount(c.Request().Context(), a.whoOf(c), in)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).SystemAccount(account.UUID), accountDoc(a.links(c), account))
}

func (a *API) changeAccount(c echo.Context) error {
	in, err := bindAccount(c, false)
	if err != nil {
		return err
	}
	account, err := a.service.Identity.ChangeAccount(c.Request().Context(), a.whoOf(c), c.Param("uuid"), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, accountDoc(a.links(c), account))
}

func (a *API) deleteAccount(c echo.Context) error {
	return deleted(c, a.service.Identity.DeleteAccount(c.Request().Context(), a.whoOf(c), c.Param("uuid")))
}

// replaceRoles gives an account the roles of the body, and no others.
func (a *API) replaceRoles(c echo.Context) error {
	var in identity.AccountInput
	err := bind(c, func(f *form) {
		if _, given := f.values["roles"]; !given {
			f.fail("roles", "is missing")
		}
		in.Roles = readRoleUUIDs(f)
	})
	if err != nil {
		return err
	}
	_, err = a.service.Identity.ChangeAccount(c.Request().Context(), a.whoOf(c), c.Param("uuid"), in)
	return deleted(c, err)
}

// giveRole and takeRole change one role of an account.
func (a *API) giveRole(c echo.Context) error { return a.changeRole(c, true) }
func (a *API) takeRole(c echo.Context) error { return a.changeRole(c, false) }

func (a *API) changeRole(c echo.Context, has bool) error {
	return deleted(c, a.service.Identity.SetRole(c.Request().Context(), a.whoOf(c), c.Param("uuid"), c.Param("role"), has))
}

func bindAccount(c echo.Context, isNew bool) (identity.AccountInput, error) {
	var in identity.AccountInput
	err := bind(c, func(f *form) {
		rules := filled | notBlank | singleLine | isName
		if isNew {
			rules |= required
		}
		if name := f.change("name", rules); name.Given {
			in.Name = &name.Value
		}
		in.Active = f.flag("active", "must be one of: true, false")
		in.Roles = readRoleUUIDs(f)
	})
	return in, err
}

func readRoleUUIDs(f *form) *[]string {
	roles := f.texts("roles", filled|singleLine)
	if roles == nil {
		return nil
	}
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	return &roles
}

// accountDoc is an account or a person, as clients of PactFlow know users: 0 is the type of
// people, and 1 that of others.
func accountDoc(l links.Links, account identity.Account) *hal.Resource {
	roles := make([]*hal.Resource, 0, len(account.Roles))
	for _, role := range account.Roles {
		roles = append(roles, roleDoc(l, role))
	}
	teams := make([]*hal.Resource, 0, len(account.Teams))
	for _, team := range account.Teams {
		teams = append(teams, teamDoc(l, team))
	}
	r := hal.New().Set("uuid", account.UUID).Set("name", account.Name).Set("email", textOrNull(account.Email)).Set("active", account.Active)
	if account.Kind == kernel.KindUser {
		r.Set("type", 0).Set("typeDescription", "User")
	} else {
		r.Set("type", 1).Set("typeDescription", "System account")
	}
	r.Set("lastLogin", timeOrNull(account.LastLoginAt)).Set("identityProviderId", textOrNull(account.Issuer))
	if !account.LastSeenAt.IsZero() {
		r.Set("lastSeen", hal.Time(account.LastSeenAt))
	}
	if len(account.TeamsMissing) > 0 { // those that the last login should have led into
		r.Set("missingTeams", account.TeamsMissing)
	}
	return setTimes(r, account.CreatedAt, account.UpdatedAt).
		Embed("roles", roles).Embed("teams", teams).
		Link("self", titled("Account", account.Name, l.Account(account.UUID))).
		Link("pb:tokens", hal.Link{Title: "Tokens", Href: l.TokensOfAccount(account.UUID)})
}

func permissionDocs(permissions []access.Permission) []*hal.Object {
	out := make([]*hal.Object, 0, len(permissions))
	for _, p := range permissions {
		out = append(out, new(hal.Object).Set("scope", p.String()).Set("name", p.String()).Set("description", access.Meaning(p)))
	}
	return out
}
