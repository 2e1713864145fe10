package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Forms that write. Each is a POST below /ui/. Whether somebody may write, and that it
// comes from a page of this broker, is decided before, where it is decided for the API.

// mostOfForm is how large a form may be, in bytes.
const mostOfForm = 1 << 20

// done is what became of a form: the address of the page that shows it, or a page
// that says what has to be mended.
type done struct {
	to   string
	page page
}

// form adds a form that writes. What was done is shown by another page, so that
// loading that again does not do it again.
func (w *web) form(pattern string, do func(*http.Request, url.Values) (done, error)) {
	w.mux.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
		values, err := formOf(rw, r)
		var out done
		if err == nil {
			out, err = do(r, values)
		}
		switch {
		case err != nil:
			w.page(func(*http.Request) (page, error) { return nil, err })(rw, r)
		case out.page != nil:
			w.fill(out.page, r)
			status := http.StatusUnprocessableEntity
			if f, ok := out.page.(interface{ fine() bool }); ok && f.fine() {
				status = http.StatusOK
			}
			w.render(rw, status, out.page)
		default:
			rw.Header().Set("Cache-Control", "private, no-store")
			http.Redirect(rw, r, out.to, http.StatusSeeOther)
		}
	})
}

// formOf reads a form, all of it text.
func formOf(rw http.ResponseWriter, r *http.Request) (url.Values, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); r.ContentLength != 0 && (err != nil || media != "application/x-www-form-urlencoded") {
		return nil, kernel.Errorf(kernel.CodeInvalid, "What was sent is not a form of this page.")
	}
	r.Body = http.MaxBytesReader(rw, r.Body, mostOfForm)
	var large *http.MaxBytesError
	if err := r.ParseForm(); errors.As(err, &large) {
		return nil, kernel.Errorf(kernel.CodeTooLarge, "The form is larger than %d bytes, which is the most that is taken. Nothing was done.", large.Limit)
	} else if err != nil {
		return nil, kernel.Errorf(kernel.CodeInvalid, "The form could not be read: it ended early, or is not one.").Because(err)
	}
	fields := kernel.Fields{}
	for name, values := range r.PostForm {
		kernel.CheckText(fields, "the form", name)
		for _, value := range values {
			kernel.CheckText(fields, name, value)
		}
	}
	return r.PostForm, fields.Err()
}
