package generate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// saturday is the base instant of the reference implementation's examples.
var saturday = time.Date(2000, 1, 1, 10, 0, 0, 0, time.UTC)

// at returns a context whose clock stands still.
func at(now time.Time) generate.Context {
	return generate.Context{Now: func() time.Time { return now }}
}

// one generates the member "one" of a JSON body from a string example.
func one(t *testing.T, c generate.Context, kind string, attrs map[string]any) (string, error) {
	t.Helper()
	r, err := generate.Response(contract.Response{
		Status: 200,
		Body:   contract.NewBody([]byte(`{"one":"example"}`), "application/json"),
		Generators: contract.GeneratorSet{
			contract.CategoryBody: {"$.one": {Type: kind, Attrs: attrs}},
		},
	}, c)
	return string(r.Body.Content), err
}

func TestDateExpressionsShiftTheBase(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"":                     "2000-01-01",
		"now":                  "2000-01-01",
		"today":                "2000-01-01",
		"yesterday":            "1999-12-31",
		"tomorrow":             "2000-01-02",
		"+ 1 week":             "2000-01-08",
		"next week":            "2000-01-08",
		"- 2 weeks":            "1999-12-18",
		"tomorrow+ 4 years":    "2004-01-02",
		"last month":           "1999-12-01",
		"next fortnight":       "2000-01-15",
		"next monday":          "2000-01-03",
		"next mon":             "2000-01-03",
		"next saturday":        "2000-01-08",
		"last saturday":        "1999-12-25",
		"last wednesday":       "1999-12-29",
		"last december":        "1999-12-01",
		"last january":         "1999-01-01",
		"next jan":             "2001-01-01",
		"next june + 2 weeks":  "2000-06-15",
		"last mon + 2 weeks":   "2000-01-10",
		"+ 30 days + 1 month":  "2000-02-29",
		"- 1 day -1 day+2days": "2000-01-01",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := one(t, at(saturday), "Date", map[string]any{"expression": expression})
			require.NoError(t, err)
			require.JSONEq(t, `{"one":"`+want+`"}`, got)
		})
	}
}

func TestTimeExpressionsShiftTheBase(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"":                          "10:00:00.000",
		"now":                       "10:00:00.000",
		"midnight":                  "00:00:00.000",
		"noon":                      "12:00:00.000",
		"1 o'clock":                 "13:00:00.000",
		"1 o'clock pm":              "13:00:00.000",
		"1 o'clock am":              "01:00:00.000",
		"12 o'clock am":             "00:00:00.000",
		"12 o'clock pm":             "12:00:00.000",
		"+ 1 hour":                  "11:00:00.000",
		"next hour":                 "11:00:00.000",
		"- 2 minutes":               "09:58:00.000",
		"last minute":               "09:59:00.000",
		"+ 4 milliseconds":          "10:00:00.004",
		"now + 2 hours - 4 minutes": "11:56:00.000",
		"midnight+ 4 minutes":       "00:04:00.000",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := one(t, at(saturday), "Time", map[string]any{"expression": expression, "format": "HH:mm:ss.SSS"})
			require.NoError(t, err)
			require.JSONEq(t, `{"one":"`+want+`"}`, got)
		})
	}
}

func TestDateTimeExpressionsHaveADatePartAndATimePart(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"today @ 1 o'clock":             "2000-01-01T13:00:00.000",
		"@ noon":                        "2000-01-01T12:00:00.000",
		"yesterday @ midnight - 1 hour": "1999-12-30T23:00:00.000",
		"+ 1 week @ +1 hour":            "2000-01-08T11:00:00.000",
		"tomorrow+ 4 years @ 3 o'clock + 40 milliseconds": "2004-01-02T15:00:00.040",
		"last month @ last hour":                          "1999-12-01T09:00:00.000",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := one(t, at(saturday), "DateTime", map[string]any{"expression": expression, "format": "yyyy-MM-dd'T'HH:mm:ss.SSS"})
			require.NoError(t, err)
			require.JSONEq(t, `{"one":"`+want+`"}`, got)
		})
	}
}

func TestAnExpressionThatCannotBeReadKeepsTheExample(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{"next", "+", "+ 1", "+ x days", "sometime", "+ 1 hour", "next year next", "+ 99999999999999999999 years", "-"} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := one(t, at(saturday), "Date", map[string]any{"expression": expression})
			var failed *generate.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, "$.one", failed.Key)
			require.JSONEq(t, `{"one":"example"}`, got)
		})
	}
}

func TestFormatLettersWriteTheirFields(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", -(3*3600 + 30*60))
	moment := time.Date(2024, 2, 29, 0, 5, 9, 87_654_321, zone)
	for format, want := range map[string]string{
		"yyyy-MM-dd":      "2024-02-29",
		"yy/M/d":          "24/2/29",
		"MMM MMMM MMMMM":  "Feb February F",
		"E EEEE EEEEE e":  "Thu Thursday T 4",
		"D DDD Q QQQ w":   "60 060 1 Q1 9",
		"HH H kk hh h K":  "00 0 24 12 12 0",
		"mm ss S SSS n":   "05 09 0 087 87654321",
		"a G":             "AM AD",
		"X XX XXX":        "-0330 -0330 -03:30",
		"x xx xxx":        "-0330 -0330 -03:30",
		"Z ZZZZ ZZZZZ O":  "-0330 GMT-03:30 -03:30 GMT-03:30",
		"'at' HH 'o''c'":  "at 00 o'c",
		"''yyyy''":        "'2024'",
		"yyyyMMdd_HHmmss": "20240229_000509",
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			got, err := generate.FormatDate(moment, format)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
	utc, err := generate.FormatDate(saturday, "XXX x Z V")
	require.Error(t, err, "a single V is not a pattern")
	require.Empty(t, utc)
	utc, err = generate.FormatDate(saturday, "XXX xxx Z VV z")
	require.NoError(t, err)
	require.Equal(t, "Z +00:00 +0000 UTC UTC", utc)
}

func TestAFormatWithAnUnknownLetterIsAnError(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"yyyy-bb", "hhh", "MMMMMM", "'open", "dddd", "aa", "XXXXXX", "SSSSSSSSSS"} {
		_, err := generate.FormatDate(saturday, format)
		require.Error(t, err, format)
	}
}
