package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"zombiezen.com/go/sqlite"
)

// statement is a prepared statement of SQLite, and the row it stands on.
type statement struct {
	*sqlite.Stmt
	// places says for each parameter of SQLite which argument it takes: $2 may
	// be written before $1.
	places []int
	bound  bool
	// busy says that somebody reads its rows.
	busy bool
	// transient statements are not kept.
	transient bool
}

func newStatement(raw *sqlite.Stmt) *statement {
	s := &statement{Stmt: raw, places: make([]int, raw.BindParamCount())}
	for i := range s.places {
		s.places[i] = i
		if name := raw.BindParamName(i + 1); name != "" {
			if n, err := strconv.Atoi(name[1:]); err == nil {
				s.places[i] = n - 1
			}
		}
	}
	return s
}

// step goes to the next row. The first step binds the arguments.
func (s *statement) step(args []any) (bool, error) {
	if !s.bound {
		if err := s.bind(args); err != nil {
			return false, err
		}
		s.bound = true
	}
	return s.Step()
}

// done makes the statement ready to run again.
func (s *statement) done() error {
	s.busy, s.bound = false, false
	if s.transient {
		return s.Finalize()
	}
	// What a failed step has reported, Reset reports again.
	_ = s.Reset()
	return nil
}

func (s *statement) bind(args []any) error {
	for i, place := range s.places {
		if place >= len(args) {
			return fmt.Errorf("a statement has %d arguments and wants number %d", len(args), place+1)
		}
		if err := s.bindOne(i+1, args[place]); err != nil {
			return fmt.Errorf("argument %d: %w", place+1, err)
		}
	}
	return nil
}

func (s *statement) bindOne(i int, value any) error {
	switch value := value.(type) {
	case nil:
		s.BindNull(i)
	case int64:
		s.BindInt64(i, value)
	case int:
		s.BindInt64(i, int64(value))
	case string:
		s.BindText(i, value)
	case bool:
		s.BindBool(i, value)
	case []byte:
		if value == nil {
			s.BindNull(i)
		} else {
			s.BindBytes(i, value)
		}
	case float64:
		s.BindFloat(i, value)
	default:
		plain, err := driver.DefaultParameterConverter.ConvertValue(value)
		if err != nil {
			return err
		}
		switch plain.(type) {
		case nil, int64, string, bool, []byte, float64:
			return s.bindOne(i, plain)
		}
		return fmt.Errorf("a %T has no form in SQLite", value)
	}
	return nil
}

// value returns a column of the row.
func (s *statement) value(column int) driver.Value {
	switch s.ColumnType(column) {
	case sqlite.TypeInteger:
		return s.ColumnInt64(column)
	case sqlite.TypeText:
		return s.ColumnText(column)
	case sqlite.TypeFloat:
		return s.ColumnFloat(column)
	case sqlite.TypeBlob:
		return s.blob(column)
	case sqlite.TypeNull:
	}
	return nil
}

func (s *statement) blob(column int) []byte {
	out := make([]byte, s.ColumnLen(column))
	return out[:s.ColumnBytes(column, out)]
}

// Scan implements engine.Row.
func (s *statement) Scan(into ...any) error {
	if n := s.ColumnCount(); n != len(into) {
		return fmt.Errorf("a row of %d columns is read as %d", n, len(into))
	}
	for column, target := range into {
		if err := s.scanOne(column, target); err != nil {
			return fmt.Errorf("column %s: %w", s.ColumnName(column), err)
		}
	}
	return nil
}

// errNull is as database/sql has it: a NULL has no place in a plain variable.
var errNull = errors.New("it is NULL")

func (s *statement) scanOne(column int, into any) error {
	if target, own := into.(sql.Scanner); own {
		return target.Scan(s.value(column))
	}
	kind := s.ColumnType(column)
	if target, bytes := into.(*[]byte); bytes {
		if *target = nil; kind != sqlite.TypeNull {
			*target = s.blob(column)
		}
		return nil
	}
	if target, optional := into.(**bool); optional {
		if *target = nil; kind != sqlite.TypeNull {
			value := s.ColumnInt64(column) != 0
			*target = &value
		}
		return nil
	}
	if kind == sqlite.TypeNull {
		return errNull
	}
	switch target := into.(type) {
	case *int64:
		*target = s.ColumnInt64(column)
	case *string:
		*target = s.ColumnText(column)
	case *bool:
		*target = s.ColumnInt64(column) != 0
	case *int:
		*target = int(s.ColumnInt64(column))
	case *float64:
		*target = s.ColumnFloat(column)
	default:
		return s.scanNamed(column, into)
	}
	return nil
}

// scanNamed reads into a variable of a named type, such as an enumeration.
func (s *statement) scanNamed(column int, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer {
		return fmt.Errorf("a %T cannot be read into", into)
	}
	switch target = target.Elem(); target.Kind() {
	case reflect.String:
		target.SetString(s.ColumnText(column))
	case reflect.Int, reflect.Int64, reflect.Int32:
		target.SetInt(s.ColumnInt64(column))
	case reflect.Bool:
		target.SetBool(s.ColumnInt64(column) != 0)
	default:
		return fmt.Errorf("a %T cannot be read into", into)
	}
	return nil
}
