package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listTrust(c echo.Context) error {
	all, err := a.service.Identity.ListTrust(c.Request().Context())
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(all))
	for _, rule := range all {
		docs = append(docs, trustDoc(l, rule))
	}
	return writeHAL(c, http.StatusOK, hal.New().Embed("trustRules", docs).Link("self", hal.Link{Title: "Trust rules", Href: l.TrustRules()}))
}

func (a *API) getTrust(c echo.Context) error {
	rule, err := a.service.Identity.FindTrust(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, trustDoc(a.links(c), rule))
}

func (a *API) createTrust(c echo.Context) error {
	in, err := bindTrust(c, true)
	if err != nil {
		return err
	}
	rule, err := a.service.Identity.CreateTrust(c.Request().Context(), a.whoOf(c), in)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).TrustRule(rule.UUID), trustDoc(a.links(c), rule))
}

func (a *API) changeTrust(c echo.Context) error {
	in, err := bindTrust(c, false)
	if err != nil {
		return err
	}
	rule, err := a.service.Identity.ChangeTrust(c.Request().Context(), a.whoOf(c), c.Param("uuid"), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, trustDoc(a.links(c), rule))
}

func (a *API) deleteTrust(c echo.Context) error {
	return deleted(c, a.service.Identity.DeleteTrust(c.Request().Context(), a.whoOf(c), c.Param("uuid")))
}

// tryTrust says which rule a token fits, and of each other why not. Nobody is let in.
func (a *API) tryTrust(c echo.Context) error {
	var token string
	if err := bind(c, func(f *form) { token = f.text("token", required|filled|singleLine|noSpaces) }); err != nil {
		return err
	}
	trial, err := a.config.Tokens.TryTrust(c.Request().Context(), token)
	if err != nil {
		return err
	}
	l := a.links(c)
	claims := new(hal.Object)
	for _, name := range slices.Sorted(maps.Keys(trial.Claims)) {
		claims.Set(name, trial.Claims[name])
	}
	r := hal.New().Set("claims", claims).Set("verified", trial.Unverified == "")
	if trial.Unverified != "" {
		r.Set("problem", trial.Unverified)
	}
	docs := make([]*hal.Resource, 0, len(trial.Fits))
	first := true
	for _, fit := range trial.Fits {
		doc := hal.New().Set("uuid", fit.UUID).Set("name", fit.Name).Set("account", fit.Account).Set("fits", fit.Lacks == "").
			Set("counts", first && fit.Lacks == "" && trial.Unverified == "").Link("self", titled("Trust rule", fit.Name, l.TrustRule(fit.UUID)))
		if fit.Lacks != "" {
			doc.Set("lacks", fit.Lacks)
		} else {
			first = false
		}
		docs = append(docs, doc)
	}
	return writeHAL(c, http.StatusOK, r.Set("rules", docs))
}

func trustDoc(l links.Links, rule kernel.TrustRule) *hal.Resource {
	match := new(hal.Object)
	for _, c := range rule.Conditions {
		match.Set(c.Claim, c.Value)
	}
	r := hal.New().Set("uuid", rule.UUID).Set("name", rule.Name).Set("issuer", rule.Issuer).Set("audience", rule.Audience).Set("match", match).
		Set("account", rule.AccountUUID).Set("write", rule.Writes)
	if rule.Permissions != nil {
		r.Set("permissions", rule.Permissions)
	}
	r.Set("active", rule.Active).Set("position", rule.Position).Set("createdAt", hal.Time(rule.CreatedAt)).Set("updatedAt", hal.Time(rule.UpdatedAt))
	if !rule.LastUsedAt.IsZero() {
		r.Set("lastUsedAt", hal.Time(rule.LastUsedAt))
	}
	return r.Link("self", titled("Trust rule", rule.Name, l.TrustRule(rule.UUID))).
		Link("pb:account", titled("Account", rule.Account, l.Account(rule.AccountUUID)))
}

// mostPosition bounds what a place can be written as.
const mostPosition = 1_000_000

func bindTrust(c echo.Context, isNew bool) (identity.TrustInput, error) {
	var in identity.TrustInput
	err := bind(c, func(f *form) {
		needed := filled | singleLine
		if isNew {
			needed |= required
		}
		for _, member := range []struct {
			name string
			to   **string
		}{{"name", &in.Name}, {"issuer", &in.Issuer}, {"audience", &in.Audience}, {"account", &in.Account}} {
			if member.name == "account" && !isNew {
				needed = singleLine
			}
			if text := f.change(member.name, needed); text.Given {
				*member.to = &text.Value
			}
		}
		if match := f.object("match"); match != nil {
			in.Match = map[string]string{}
			for _, claim := range slices.Sorted(maps.Keys(match.values)) {
				in.Match[claim] = match.scalar(claim, filled|singleLine).Value
			}
		} else if isNew {
			f.fail("match", "must be an object of claims, such as {\"repository_id\": \"123\"}")
		}
		in.Writes = f.flag("write", "must be one of: true, false")
		in.Active = f.flag("active", "must be one of: true, false")
		if permissions := f.texts("permissions", filled|singleLine); permissions != nil {
			in.Permissions = &permissions
		}
		in.Position = readPosition(f)
	})
	return in, err
}

func readPosition(f *form) *int {
	value, given := f.values["position"]
	if !given || value == nil {
		return nil
	}
	number, _ := value.(json.Number)
	position, err := number.Int64()
	if err != nil || position < 1 || position > mostPosition {
		f.fail("position", fmt.Sprintf("must be a whole number from 1 to %d", mostPosition))
		return nil
	}
	out := int(position)
	return &out
}
