package web

import (
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// galleryOfLogins has the pages of logging in and out, for nobody and for somebody whose
// name nobody wants.
func galleryOfLogins(w *web) map[string]page {
	in := &web{service: w.service, config: w.config}
	in.config.Identity, in.config.Login, in.config.LoginLasts = true, "https://login.example.org/realms/all", 12*time.Hour
	out := map[string]page{}
	add := func(name string, find func(*web) (page, error), who access.Who) {
		p, err := find(in)
		if err != nil {
			panic(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/login?to=%2Fui%2Fmap", nil)
		if who.UUID != "" {
			r = r.WithContext(access.NewContext(r.Context(), who))
		}
		in.fillAccount(p.frame(), r)
		out[name] = p
	}
	nobody := httptest.NewRequest(http.MethodGet, "/login?to=%2Fui%2Fmap", nil)
	somebody := access.Who{UUID: "1", Name: "Ada", Email: "ada@example.org"}
	hostile := access.Who{UUID: "1", Name: hostileName, Email: long + "@example.org"}
	add("login", func(w *web) (page, error) { return w.login(nobody) }, access.Who{})
	add("login-again", func(w *web) (page, error) {
		return w.login(nobody.WithContext(access.NewContext(nobody.Context(), hostile)))
	}, hostile)
	add("logged-out", func(w *web) (page, error) { return w.loggedOut(nobody) }, access.Who{})
	asked := kernel.DeviceLogin{Program: "treaty", Machine: hostileName, Address: "192.0.2.7", CreatedAt: in.config.Now().Add(-time.Minute)}
	add("device", func(w *web) (page, error) { return w.device(nobody) }, somebody)
	add("device-wrong", func(w *web) (page, error) {
		return askCode("/ui/device", "BCDF-GHJK").wrong(kernel.Errorf(kernel.CodeNotFound, "No login waits for this code: look at the terminal again.")), nil
	}, somebody)
	add("device-asks", func(w *web) (page, error) { return w.confirmDevice("/ui/device", "BCDFGHJK", asked, somebody), nil }, somebody)
	add("device-granted", func(w *web) (page, error) {
		return w.device(httptest.NewRequest(http.MethodGet, "/ui/device?done=granted", nil))
	}, somebody)
	add("not-allowed", func(w *web) (page, error) {
		return &errorPage{base: base{title: "Not allowed"}, Text: "This needs audit:read; Ada has contract_data:read:*.", Who: w.whoIs(nobody.WithContext(access.NewContext(nobody.Context(), somebody)))}, nil
	}, somebody)
	return out
}
