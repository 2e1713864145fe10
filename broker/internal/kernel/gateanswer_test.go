package kernel_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// TestEveryFieldOfAQuestionHasAPlaceInItsKey changes one field after the other,
// also those of lists and of structs in it. Who adds a field to a question and
// not to its key sees this fail: two questions would share their kept answers.
func TestEveryFieldOfAQuestionHasAPlaceInItsKey(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	note := func(field string, q kernel.GateQuestion) {
		key := q.Key()
		require.Empty(t, keys[key], "%s changes the question and not its key", field)
		keys[key] = field
	}
	note("nothing", kernel.GateQuestion{})
	var q kernel.GateQuestion
	changeEach(t, reflect.ValueOf(&q).Elem(), "question", func(field string) { note(field, q) })
	require.Greater(t, len(keys), 23)
}

// changeEach calls changed for each field in v that a text, a number or a flag
// is, while it has another value than zero and all others have none.
func changeEach(t *testing.T, v reflect.Value, path string, changed func(field string)) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			changeEach(t, v.Field(i), path+"."+v.Type().Field(i).Name, changed)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		changed(path + " has one")
		changeEach(t, v.Index(0), path+"[0]", changed)
	case reflect.String:
		v.SetString("x")
		changed(path)
	case reflect.Bool:
		v.SetBool(true)
		changed(path)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
		changed(path)
	default:
		t.Fatalf("%s is a %s: decide how the key holds it and how this test changes it", path, v.Kind())
	}
	v.SetZero()
}

func TestNoNameReadsAsTheRestOfAnotherQuestion(t *testing.T) {
	t.Parallel()
	of := func(list ...matrix.Selector) string { return kernel.GateQuestion{Selectors: list}.Key() }
	equal := of(matrix.Selector{Pacticipant: "a", Version: "1"})
	require.Equal(t, equal, of(matrix.Selector{Pacticipant: "a", Version: "1"}))
	require.Equal(t, "01", equal[:2], "the version of the key")
	for name, other := range map[string]string{
		"a quote in a name":  of(matrix.Selector{Pacticipant: `a"version"1`}),
		"two for one":        of(matrix.Selector{Pacticipant: "a"}, matrix.Selector{Version: "1"}),
		"another side":       kernel.GateQuestion{Ignore: []matrix.Selector{{Pacticipant: "a", Version: "1"}}}.Key(),
		"another field":      of(matrix.Selector{Pacticipant: "a", Tag: "1"}),
		"in another version": of(matrix.Selector{Pacticipant: "a", Version: "2"}),
	} {
		require.NotEqual(t, equal, other, name)
	}
}
