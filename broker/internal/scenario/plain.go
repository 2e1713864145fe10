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
	{Shape: "METHOD PATH", About: "[JSON]", play: func(p *player, s Sentence) (reply, error) {
		var body any
		if s.about != "" {
			body = s.about
		}
		return p.send(s.of("METHOD"), s.of("PATH"), body)
	}},
}
