package contract

import (
	"errors"

	"github.com/treatyhq/treaty/internal/members"
)

// CheckUnique returns a [*FormatError] for a pact file in which an object has a
// member twice: readers take one of them, and the contract of the other is gone
// without a word. Within the content of bodies both are data, of which the last
// counts, as for every JSON library. What is not a pact file is not judged.
func CheckUnique(data []byte) error {
	r, err := parseRaw(data)
	if err != nil || !r.isObject() {
		return nil //nolint:nilerr // whoever reads it says so
	}
	return r.checkUnique(r.members())
}

// checkUnique is [CheckUnique] for the text of a whole file, which has these
// members.
func (r raw) checkUnique(members object) error {
	_, version := new(decoder).metadata(members.get("metadata"), members.get("interactions"))
	return unique(r, bodiesOf(version))
}

func unique(r raw, isData func(members.Path) bool) error {
	var repeated *members.RepeatedError
	if err := members.Unique(r, isData); errors.As(err, &repeated) {
		return &FormatError{Where: repeated.Where.String(), What: repeated.What()}
	}
	return nil
}

// bodyPlaces lead to the bodies of interactions and messages.
var bodyPlaces = [][]string{
	{"interactions", "", "request", "body"},
	{"interactions", "", "response", "body"},
	{"interactions", "", "contents"},
	{"interactions", "", "content"},
	{"interactions", "", "request", "contents"},
	{"interactions", "", "request", "content"},
	{"interactions", "", "response", "contents"},
	{"interactions", "", "response", "content"},
	{"interactions", "", "response", "", "contents"},
	{"interactions", "", "response", "", "content"},
	{"messages", "", "contents"},
	{"messages", "", "content"},
}

// bodiesOf tells what is data in a file of version v: bodies, and what is in the
// objects around them that V4 brought.
func bodiesOf(v SpecVersion) func(members.Path) bool {
	below := 0
	if v == V4 {
		below = 1
	}
	return func(at members.Path) bool {
		for _, place := range bodyPlaces {
			if len(at) == len(place)+below && at.Begins(place...) {
				return true
			}
		}
		return false
	}
}

// bodyOfPart tells what is data in a request, a response or a message alone.
func bodyOfPart(at members.Path) bool {
	return at.Is("body") || at.Is("contents") || at.Is("content")
}
