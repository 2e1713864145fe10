package kit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func TestALineOfADrawing(t *testing.T) {
	t.Parallel()
	failed := kit.DrawnLine{Verdict: kit.Verdict{Class: kit.ClassNo}, Points: []kit.Point{{10, 10}, {10, 10}, {50, 30}, {50, 30}}}
	require.Equal(t, "M10 10C30 10 30 30 50 30", failed.Path(), "a curve that is level at both ends")
	require.Equal(t, "M50 30l-8 -4v8z", failed.Head())
	require.True(t, failed.HasSign())
	require.Equal(t, kit.Point{X: 30, Y: 20}, failed.Sign(), "halfway")
	require.Equal(t, "3", failed.Stroke())
	require.Empty(t, failed.Dashes())

	back := kit.DrawnLine{Verdict: kit.Verdict{Class: kit.ClassYes}, Points: []kit.Point{{50, 10}, {40, 10}, {10, 30}, {10, 30}}}
	require.Equal(t, "M50 10L40 10C25 10 25 30 10 30", back.Path())
	require.Equal(t, "M10 30l8 -4v8z", back.Head(), "it comes from the right")
	require.False(t, back.HasSign(), "what is good needs none")
	require.Equal(t, "1.5", back.Stroke())
	require.Empty(t, kit.DrawnLine{Points: []kit.Point{{1, 1}, {2, 2}}}.Head(), "too short for an arrow")

	unknown := kit.DrawnLine{Verdict: kit.Verdict{Class: kit.ClassUnknown}}
	require.NotEqual(t, failed.Colour(), unknown.Colour())
	require.NotEmpty(t, unknown.Dashes(), "without colours too")
	legend := kit.Drawing{Lines: []kit.DrawnLine{back, unknown, failed, failed}}.Legend()
	require.Len(t, legend, 3, "each kind once")
	require.Equal(t, kit.ClassNo, legend[0].Verdict.Class, "the worst first")
}

func TestTheTextsOfABox(t *testing.T) {
	t.Parallel()
	box := kit.DrawnNode{X: 10, Y: 20, Width: 100, Height: 40}
	require.Equal(t, 60, box.Middle())
	require.Equal(t, 45, box.TextY())
	box.Under = "team"
	require.Less(t, box.TextY(), box.UnderY(), "the second line is below the first")
}

// What stands on a line of its own or is a button says what it says without its form.
func TestWhatPartsSayPlainly(t *testing.T) {
	t.Parallel()
	line := kit.Line{Cell: kit.Cell{kit.Muted{Text: "blocks"}, kit.Act{Text: "Fire again"}}}
	require.Equal(t, "blocks Fire again", line.Plain())
	require.Equal(t, "own-line", line.Part())
	require.Equal(t, "act", kit.Act{}.Part())
}
