package catalog

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// maxBody is the largest request that is read, in bytes.
const maxBody = 64 << 10

// Handler answers the requests described at the package, from store, the way
// release does.
func Handler(store *Store, release Release) http.Handler {
	h := &handler{store: store, release: release}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /products", h.list)
	mux.HandleFunc("GET /products/{id}", h.product)
	mux.HandleFunc("POST /reservations", h.reserve)
	mux.HandleFunc("GET /reservations/{id}", h.reservation)
	mux.HandleFunc("DELETE /reservations/{id}", h.cancel)
	return mux
}

type handler struct {
	store   *Store
	release Release
}

func (h *handler) list(w http.ResponseWriter, r *http.Request) {
	maxPrice := 0
	if text := r.URL.Query().Get("maxPrice"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			refuse(w, http.StatusBadRequest, "bad_request", "maxPrice must be a number of cents")
			return
		}
		maxPrice = n
	}
	views := []view{}
	for _, p := range h.store.List(r.URL.Query().Get("category"), maxPrice) {
		views = append(views, h.release.view(p))
	}
	send(w, http.StatusOK, map[string]any{"products": views})
}

func (h *handler) product(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		refuse(w, http.StatusNotFound, "not_found", "product ids are numbers")
		return
	}
	p, err := h.store.Find(id)
	if err != nil {
		fail(w, err)
		return
	}
	send(w, http.StatusOK, h.release.view(p))
}

func (h *handler) reserve(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		ProductID int `json:"productId"`
		Quantity  int `json:"quantity"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&wanted); err != nil {
		refuse(w, http.StatusBadRequest, "bad_request", "the body must be JSON with productId and quantity")
		return
	}
	if wanted.Quantity < 1 {
		refuse(w, http.StatusBadRequest, "bad_request", "quantity must be 1 or more")
		return
	}
	reservation, err := h.store.Reserve(wanted.ProductID, wanted.Quantity)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Location", "/reservations/"+reservation.ID)
	send(w, http.StatusCreated, reservation)
}

func (h *handler) reservation(w http.ResponseWriter, r *http.Request) {
	reservation, err := h.store.FindReservation(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	send(w, http.StatusOK, reservation)
}

func (h *handler) cancel(w http.ResponseWriter, r *http.Request) {
	if err := h.store.Cancel(r.PathValue("id")); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// fail turns an error of the store into an answer.
func fail(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrNoProduct), errors.Is(err, ErrNoReservation):
		refuse(w, http.StatusNotFound, "not_found", err.Error())
	case errors.Is(err, ErrSoldOut):
		refuse(w, http.StatusConflict, "sold_out", err.Error())
	default:
		refuse(w, http.StatusInternalServerError, "internal", "the catalog could not do this")
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	send(w, status, map[string]string{"error": code, "message": message})
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has left if this fails
}
