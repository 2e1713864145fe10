package publish

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/chance"
)

// numbersPact is a pact with a list of values in it.
func numbersPact(values []int) []byte {
	var out strings.Builder
	out.WriteString(`{"interactions":[{"description":"x","body":[`)
	for i, v := range values {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprint(&out, v)
	}
	out.WriteString(`]}]}`)
	return []byte(out.String())
}

func linesOf(values []int) []int32 {
	out := make([]int32, len(values))
	for i, v := range values {
		out[i] = int32(v) //nolint:gosec // they are small
	}
	return out
}

// requireEdits checks that the edits lead from a to b.
func requireEdits(t *testing.T, a, b []int32, edits []edit) {
	t.Helper()
	var before, after []int32
	for _, e := range edits {
		switch e.mark {
		case ' ':
			before, after = append(before, a[e.at]), append(after, a[e.at])
		case '-':
			before = append(before, a[e.at])
		case '+':
			after = append(after, b[e.at])
		}
	}
	require.Equal(t, a, append([]int32{}, before...))
	require.Equal(t, b, append([]int32{}, after...))
}

func upTo(n int, value func(i int) int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = value(i)
	}
	return out
}

// What takes longest must not be a reason to wait. The deadline is far above what
// a comparison takes, about a second on a slow machine.
func TestAComparisonOfHostileDocumentsEnds(t *testing.T) {
	t.Parallel()
	const many = 100_000
	random := chance.New(t, 1)
	for _, tt := range []struct {
		name string
		a, b []int
	}{
		{"the other way round", upTo(many, func(i int) int { return i }), upTo(many, func(i int) int { return many - i })},
		{"nothing in common", upTo(many, func(i int) int { return i }), upTo(many, func(i int) int { return many + i })},
		{"the same few lines in another order", upTo(many, func(int) int { return random.IntN(3) }), upTo(many, func(int) int { return random.IntN(3) })},
		{"pairs", upTo(many, func(i int) int { return i / 2 }), upTo(many, func(i int) int { return (many - i) / 2 })},
		{"shuffled", random.Perm(many), random.Perm(many)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			a, b := linesOf(tt.a), linesOf(tt.b)
			edits, err := compare(ctx, a, b)
			require.NoError(t, err)
			requireEdits(t, a, b, edits)
			_, err = diffBodies(ctx, numbersPact(tt.a), numbersPact(tt.b))
			require.NoError(t, err)
		})
	}
}

func TestEditsLeadFromOneToTheOther(t *testing.T) {
	t.Parallel()
	random := chance.New(t, 3)
	for range 500 {
		a := linesOf(upTo(random.IntN(30), func(int) int { return random.IntN(8) }))
		b := linesOf(upTo(random.IntN(30), func(int) int { return random.IntN(8) }))
		edits, err := compare(t.Context(), a, b)
		require.NoError(t, err)
		requireEdits(t, a, b, edits)
	}
}

func TestAFewChangesInALargePactAreShownAlone(t *testing.T) {
	t.Parallel()
	a := upTo(50_000, func(i int) int { return i })
	b := upTo(50_000, func(i int) int { return i })
	b[10], b[25_000], b[49_990] = -1, -2, -3
	text, err := diffBodies(t.Context(), numbersPact(a), numbersPact(b))
	require.NoError(t, err)
	require.Equal(t, 3, strings.Count(text, "\n-"), text)
	require.Equal(t, 3, strings.Count(text, "\n+"))
	require.Less(t, len(text), 1000)
}

func TestWhatIsTooMuchToCompareIsRefusedInWords(t *testing.T) {
	t.Parallel()
	deep := func(leaf string) []byte {
		const depth = 3000
		return []byte(`{"x":` + strings.Repeat("[", depth) + strings.Repeat(leaf+",", 5000) + leaf + strings.Repeat("]", depth) + `}`)
	}
	ended, end := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer end()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		a, b []byte
		says string
	}{
		{"too many lines", t.Context(), numbersPact(upTo(diffLines+1, func(int) int { return 0 })), numbersPact(nil), "the limit is 300000"},
		{"too much to show", t.Context(), deep("1"), deep("2"), "more than 8 MB"},
		{"too long", ended, numbersPact([]int{1}), numbersPact([]int{2}), "deadline"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := diffBodies(tt.ctx, tt.a, tt.b)
			require.Equal(t, kernel.CodeTimeout, kernel.CodeOf(err))
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, "treaty pact diff")
		})
	}
}

func TestLinesAreThoseOfAnIndentedDocument(t *testing.T) {
	t.Parallel()
	var book diffBook
	lines, err := book.comparableLines([]byte(`{"b":{},"interactions":[{"description":"b","_id":"1"},{"description":"a <b>","x":[1,[],{"k":1.50}]}],"a":null}`))
	require.NoError(t, err)
	var got []string
	for _, n := range lines {
		got = append(got, fmt.Sprint(book.lines[n].depth, " ", book.lines[n].text))
	}
	require.Equal(t, []string{
		`0 {`, `1 "a": null,`, `1 "b": {},`, `1 "interactions": [`,
		`2 {`, `3 "description": "a <b>",`, `3 "x": [`, `4 1,`, `4 [],`, `4 {`, `5 "k": 1.50`, `4 }`, `3 ]`, `2 },`,
		`2 {`, `3 "description": "b"`, `2 }`, `1 ]`, `0 }`,
	}, got)
}

// What is quoted without the encoder is quoted as it does.
func TestTextsAreQuotedAsTheEncoderDoes(t *testing.T) {
	t.Parallel()
	texts := []string{"", "plain", "\xff", "a\u2028b", "é"}
	for c := range rune(256) {
		texts = append(texts, "a"+string(c)+"b", "a"+string([]byte{byte(c)})+"b")
	}
	for _, text := range texts {
		want, err := encodePlain(text)
		require.NoError(t, err)
		got, err := appendPlain(nil, text)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}
