package kernel

import (
	"context"
	"errors"
	"regexp"
)

// A form that makes something draws the identity of what it makes beforehand. However
// often it is sent, by a double click, by loading the page again, to one replica or
// another, there is one thing of that identity.

// drawnForm is what an identity looks like that a form has brought along.
var drawnForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// CheckDrawn adds what is wrong with an identity that a form has brought along; empty
// is right, and draws one.
func CheckDrawn(fields Fields, uuid string) {
	if uuid != "" && !drawnForm.MatchString(uuid) {
		fields.Add("uuid", "must be one: open the form again")
	}
}

// errMadeBefore ends a transaction that has nothing to make: what is wanted is there.
var errMadeBefore = errors.New("made before")

// MakeOnce runs a transaction that makes something. If its identity was drawn before,
// was looks for it first: same says that what is there is what is wanted, which is then
// the outcome, and nothing is written or recorded; whatever else is there is CodeConflict.
// Of two that come at once the second is refused by the database, looks again, and finds
// what the first has made.
func (s *Base) MakeOnce(ctx context.Context, drawn string, was func(Tx) (same bool, err error), makeIt func(Tx) error) error {
	if drawn == "" {
		return s.Store.Update(ctx, makeIt)
	}
	try := func() error {
		return s.Store.Update(ctx, func(tx Tx) error {
			same, err := was(tx)
			switch {
			case IsNotFound(err):
				return makeIt(tx)
			case err != nil:
				return err
			case !same:
				return Errorf(CodeConflict, "This form has made something already. Open that to change it, or begin with a new form for another one.")
			}
			return errMadeBefore
		})
	}
	err := try()
	if ReasonOf(err) == ReasonTaken {
		err = try()
	}
	if errors.Is(err, errMadeBefore) {
		return nil
	}
	return err
}
