package storefront

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
)

// Handler serves the pages described at the package, for one customer.
func Handler(catalog *Catalog) http.Handler {
	h := &pages{catalog: catalog, basket: NewBasket(catalog)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.products)
	mux.HandleFunc("GET /products/{id}", h.product)
	mux.HandleFunc("GET /basket", h.showBasket)
	mux.HandleFunc("POST /basket", h.add)
	mux.HandleFunc("POST /basket/empty", h.empty)
	return mux
}

type pages struct {
	catalog *Catalog
	basket  *Basket
}

func (h *pages) products(w http.ResponseWriter, r *http.Request) {
	found, err := h.catalog.Products(r.Context(), r.URL.Query().Get("category"), 0)
	if err != nil {
		apologize(w, err)
		return
	}
	show(w, "products", found)
}

func (h *pages) product(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		apologize(w, ErrNotFound)
		return
	}
	p, err := h.catalog.Product(r.Context(), id)
	if err != nil {
		apologize(w, err)
		return
	}
	show(w, "product", p)
}

func (h *pages) showBasket(w http.ResponseWriter, _ *http.Request) {
	show(w, "basket", map[string]any{"Lines": h.basket.Lines(), "Cents": h.basket.Cents()})
}

func (h *pages) add(w http.ResponseWriter, r *http.Request) {
	id, errID := strconv.Atoi(r.FormValue("productId"))
	quantity, errQuantity := strconv.Atoi(r.FormValue("quantity"))
	if errID != nil || errQuantity != nil || quantity < 1 {
		http.Error(w, "productId and quantity must be numbers", http.StatusBadRequest)
		return
	}
	if err := h.basket.Add(r.Context(), id, quantity); err != nil {
		apologize(w, err)
		return
	}
	http.Redirect(w, r, "/basket", http.StatusSeeOther)
}

func (h *pages) empty(w http.ResponseWriter, r *http.Request) {
	if err := h.basket.Empty(r.Context()); err != nil {
		apologize(w, err)
		return
	}
	http.Redirect(w, r, "/basket", http.StatusSeeOther)
}

// apologize says what a customer may know of an error.
func apologize(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrNotFound):
		http.Error(w, "We do not sell this.", http.StatusNotFound)
	case errors.Is(err, ErrSoldOut):
		http.Error(w, "Sorry, there is not enough of it left.", http.StatusConflict)
	default:
		http.Error(w, "The shop is closed for a moment. Please try again.", http.StatusServiceUnavailable)
	}
}

func euros(cents int) string { return fmt.Sprintf("%d.%02d EUR", cents/100, cents%100) }

func show(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = templates().ExecuteTemplate(w, name, data) // the customer has left if this fails
}

func templates() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{"euros": euros}).Parse(`
{{define "products"}}<!doctype html><title>Shop</title><h1>Shop</h1>
<ul>{{range .}}<li><a href="/products/{{.ID}}">{{.Name}}</a> {{euros .Price}}{{if not .Available}} (sold out){{end}}</li>{{else}}<li>Nothing here.</li>{{end}}</ul>
<a href="/basket">Basket</a>{{end}}
{{define "product"}}<!doctype html><title>{{.Name}}</title><h1>{{.Name}}</h1><p>{{euros .Price}}</p>
<form method="post" action="/basket"><input type="hidden" name="productId" value="{{.ID}}">
<input name="quantity" value="1" size="2"> <button{{if not .Available}} disabled{{end}}>Buy</button></form><a href="/">All products</a>{{end}}
{{define "basket"}}<!doctype html><title>Basket</title><h1>Basket</h1>
<ul>{{range .Lines}}<li>{{.Quantity}} × {{.Product.Name}}: {{euros .Cents}}</li>{{else}}<li>It is empty.</li>{{end}}</ul>
<p>Sum: {{euros .Cents}}</p><form method="post" action="/basket/empty"><button>Empty it</button></form><a href="/">All products</a>{{end}}`))
}
