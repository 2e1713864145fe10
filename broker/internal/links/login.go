package links

import "net/url"

// LoginPage is where people log in; to is where they go afterwards, a path of the broker
// with its query.
func (l Links) LoginPage(to string) string { return l.Template("/login") + afterwards(to) }

// LoginStart sends the browser to the login service.
func (l Links) LoginStart(to string) string { return l.Template("/login/start") + afterwards(to) }

func afterwards(to string) string {
	if to == "" || to == "/" {
		return ""
	}
	return "?" + url.Values{"to": {to}}.Encode()
}

// LoginCallback is where the login service sends the browser back to.
func (l Links) LoginCallback() string { return l.Template("/login/callback") }

// Logout ends a session, by POST.
func (l Links) Logout() string { return l.Template("/logout") }

// LoggedOutPage is shown to who has logged out.
func (l Links) LoggedOutPage() string { return l.Template("/login/out") }

// DevicePage is where somebody confirms a login at a terminal: of a code, or one that they
// type in, for "".
func (l Links) DevicePage(code string) string {
	page := l.Path("ui", "device")
	if code == "" {
		return page
	}
	return page + "?" + url.Values{"user_code": {code}}.Encode()
}
