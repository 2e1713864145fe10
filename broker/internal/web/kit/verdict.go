package kit

// Verdict is an answer as people see it: an icon, a word and a colour.
type Verdict struct {
	// Class is the colour: one of the classes below.
	Class Class
	Icon  string
	Word  string
}

// Class is the colour of a verdict.
type Class string

// The classes, the worst first. What failed wins over what is not known, and what
// proves nothing is neutral and never green.
const (
	ClassNo      Class = "no"
	ClassUnknown Class = "unknown"
	ClassNone    Class = "none"
	ClassYes     Class = "yes"
)

// Yes is proven good.
func Yes(word string) Verdict { return Verdict{ClassYes, "✓", word} }

// No is a failure.
func No(word string) Verdict { return Verdict{ClassNo, "✗", word} }

// Unknown is not proven, although it should be.
func Unknown(word string) Verdict { return Verdict{ClassUnknown, "?", word} }

// Doubt is good as far as it goes, with something to look at.
func Doubt(word string) Verdict { return Verdict{ClassUnknown, "!", word} }

// None is neutral: there is nothing to prove.
func None(word string) Verdict { return Verdict{ClassNone, "–", word} }

// Part implements [Part].
func (Verdict) Part() string { return "verdict" }

// Plain implements [Part].
func (v Verdict) Plain() string { return v.Word }

func (v Verdict) key() string { return string(rune('0'+v.rank())) + v.Word }

func (v Verdict) rank() int {
	for i, class := range []Class{ClassNo, ClassUnknown, ClassNone, ClassYes} {
		if v.Class == class {
			return i
		}
	}
	return -1
}

// Worst is the verdict over several: the first of the worst class. Of none at all
// it is the one given for nothing.
func Worst(nothing Verdict, of ...Verdict) Verdict {
	if len(of) == 0 {
		return nothing
	}
	worst := of[0]
	for _, v := range of[1:] {
		if v.rank() < worst.rank() {
			worst = v
		}
	}
	return worst
}
