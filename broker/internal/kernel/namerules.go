package kernel

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/treatyhq/treaty/internal/visible"
)

// The rules for names and texts that come to stay. A rule holds on every way in:
// each use case that stores a name asks checkName, whatever its route looked at
// before.

// CheckName adds what is wrong with a name, number, branch, tag or label: what
// no client could address later, and what looks like another name.
func (s *Base) CheckName(fields Fields, field, value string) {
	switch {
	case strings.TrimSpace(value) == "":
		fields.Add(field, "cannot be blank")
	case strings.ContainsAny(value, "\n\r"):
		fields.Add(field, "cannot contain multiple lines")
	case textProblem(value) != "":
		fields.Add(field, "%s", textProblem(value))
	case strings.ContainsFunc(value, unicode.IsControl):
		fields.Add(field, "cannot contain control characters such as tabs")
	case strings.ContainsRune(value, utf8.RuneError):
		fields.Add(field, "contains U+FFFD, which stands for a character that was lost on the way here: send the name as UTF-8")
	case strings.Trim(value, ".") == "":
		fields.Add(field, "cannot be made of dots alone: clients take . and .. out of an address")
	case strings.TrimSpace(visible.Skeleton(value)) == "":
		fields.Add(field, "cannot be made of characters alone that are not seen: %s", visible.Describe(value))
	case strings.TrimSpace(value) != value:
		fields.Add(field, "cannot begin or end with a blank")
	case s.Settings.MaxNameLength > 0 && len(value) > s.Settings.MaxNameLength:
		fields.Add(field, "cannot be longer than %d bytes", s.Settings.MaxNameLength)
	}
}

// CheckNumber adds what is wrong with a version number.
func (s *Base) CheckNumber(fields Fields, field, value string) {
	s.CheckName(fields, field, value)
	if len(fields[field]) == 0 {
		s.CheckOrder(fields, field, value)
	}
}

// CheckOrder adds why a version number has no place in the order of versions.
func (s *Base) CheckOrder(fields Fields, field, number string) {
	if !s.Settings.OrderVersionsByDate && !IsSemantic(number) {
		fields.Add(field, "'%s' is not a semantic version such as 2.4.1 or 2.4.1-rc.3. This broker orders versions semantically and refuses others", number)
	}
}

// AllowKnown takes back what is wrong with the name of an application that is
// there, and with the number of a version that it has: a rule is for what comes,
// and what came before it must stay of use. An empty number names no version.
func (s *Base) AllowKnown(ctx context.Context, fields Fields, nameField, name, numberField, number string) error {
	if len(fields[nameField]) == 0 && len(fields[numberField]) == 0 || textProblem(name) != "" || textProblem(number) != "" {
		return nil
	}
	return IgnoreNotFound(s.Store.View(ctx, func(tx Tx) error {
		p, err := tx.FindPacticipant(name)
		if err != nil {
			return err
		}
		delete(fields, nameField)
		if number == "" {
			return nil
		}
		if _, err := tx.FindVersion(p.ID, number); err != nil {
			return err
		}
		delete(fields, numberField)
		return nil
	}))
}

// textProblem says what no stored text may have, "" if value has none of it.
func textProblem(value string) string {
	switch {
	case strings.ContainsRune(value, 0):
		return "cannot contain a zero byte"
	case !utf8.ValidString(value):
		return "must be UTF-8"
	}
	return ""
}

// CheckText adds what no stored text may have.
func CheckText(fields Fields, field, value string) {
	if problem := textProblem(value); problem != "" {
		fields.Add(field, "%s", problem)
	}
}

// CheckLine adds what is wrong with an optional single line.
func CheckLine(fields Fields, field, value string) {
	if strings.ContainsAny(value, "\n\r") {
		fields.Add(field, "cannot contain multiple lines")
		return
	}
	CheckText(fields, field, value)
}
