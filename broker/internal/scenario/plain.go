package scenario

import "net/http"

// plainWords are requests as they are, for what no other sentence says.
var plainWords = []Word{
	{Shape: "GET PATH", asks: true, play: func(p *player, s Sentence) (reply, error) {
		got, err := p.send(http.MethodGet, s.of("PATH"), nil)
		if err == nil && got.status < 300 {
			got.lines = append([]string{}, texts(got.text)...)
		}
		return got, err
	}},
	{Shape: "POST PATH", About: "[JSON]", play: plain(http.MethodPost)},
	{Shape: "PUT PATH", About: "[JSON]", play: plain(http.MethodPut)},
	{Shape: "PATCH PATH", About: "[JSON]", play: plain(http.MethodPatch)},
	{Shape: "DELETE PATH", About: "[JSON]", play: plain(http.MethodDelete)},
}

func plain(method string) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		var body any
		if s.about != "" {
			body = s.about
		}
		return p.send(method, s.of("PATH"), body)
	}
}
