package web

import (
	"net/http"
	"net/http/httptest"
)

func galleryOfAPI(w *web) map[string]page {
	request := func(rel string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "http://broker.test/ui/api/x", nil)
		r.SetPathValue("rel", rel)
		return r
	}
	out := map[string]page{}
	for name, find := range map[string]func(*http.Request) (page, error){"api": w.apiBrowser, "relation": w.relation} {
		p, err := find(request("can-i-deploy"))
		if err != nil {
			panic(err) // it asks nobody
		}
		out[name] = p
	}
	out["relation-unknown"], _ = w.relation(request(hostileName)) // neither does it
	return out
}
