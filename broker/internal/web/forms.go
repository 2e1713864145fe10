package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
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
	// because is why the page is shown again; nil if something has to be mended.
	because error
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
		if kernel.CodeOf(err) == kernel.CodeForbidden || kernel.CodeOf(out.because) == kernel.CodeForbidden {
			kernel.MarkRefused(r.Context())
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
			if known, refused := statusesOfRefusals[kernel.CodeOf(out.because)]; refused {
				status = known
			}
			if out.because != nil && kernel.CodeOf(kernel.OfTime(out.because)) == kernel.CodeUnavailable {
				status = http.StatusServiceUnavailable
				sayWhenAgain(rw, kernel.OfTime(out.because))
			}
			w.render(rw, status, out.page)
		default:
			rw.Header().Set("Cache-Control", "private, no-store")
			remember(rw, out.to)
			http.Redirect(rw, r, out.to, http.StatusSeeOther)
		}
	})
}

// statusesOfRefusals are those of forms that are shown again because of what there is, or
// of who sends them, and not of what was typed.
var statusesOfRefusals = map[kernel.Code]int{kernel.CodeForbidden: http.StatusForbidden, kernel.CodeConflict: http.StatusConflict}

// doneParameter names, in the address of the page that follows a form, what was done.
// The page says so only to the browser that did it, which has it in a cookie too:
// otherwise anybody could make a link to a page that says that something is deleted.
const doneParameter, doneCookie = "done", "treaty-done"

// doneFor is for how long a page says what was done.
const doneFor = time.Minute

// remember lets the browser know that it has done what the address says.
func remember(rw http.ResponseWriter, to string) {
	if u, err := url.Parse(to); err == nil && u.Query().Get(doneParameter) != "" {
		http.SetCookie(rw, &http.Cookie{Name: doneCookie, Value: u.Query().Get(doneParameter), Path: "/", MaxAge: int(doneFor / time.Second), HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
}

// asDone is the request without the word that something was done, unless its browser
// has done it just now.
func asDone(r *http.Request) *http.Request {
	query := r.URL.Query()
	if !query.Has(doneParameter) {
		return r
	}
	if c, err := r.Cookie(doneCookie); err == nil && c.Value == query.Get(doneParameter) {
		return r
	}
	query.Del(doneParameter)
	out := r.Clone(r.Context())
	out.URL.RawQuery = query.Encode()
	return out
}

// onceParameter is the hidden field with the identity of what a form makes: sent
// twice, by a double click or by loading the page again, it makes one thing.
const onceParameter = "once"

// once is that field, with an identity that nothing has yet.
func (w *web) once() []kit.Parameter {
	if w.service == nil {
		return nil
	}
	return []kit.Parameter{{Name: onceParameter, Value: w.service.Webhook.NewID()}}
}

// onceAgain is that field in a form that is shown again, with what was sent.
func onceAgain(drawn string) []kit.Parameter {
	return []kit.Parameter{{Name: onceParameter, Value: drawn}}
}

// formOf reads a form, all of it text.
func formOf(rw http.ResponseWriter, r *http.Request) (url.Values, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); r.ContentLength != 0 && (err != nil || media != "application/x-www-form-urlencoded") {
		return nil, kernel.Errorf(kernel.CodeInvalid, "What was sent is not a form of this page.")
	}
	_ = http.NewResponseController(rw).SetReadDeadline(time.Now().Add(mostOfTransfer))
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
