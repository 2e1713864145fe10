package matching

import "fmt"

// guarded runs one comparison. Should it panic, which is a fault of this
// package, the part counts as not matching and the others are still compared:
// neither does a process end for one odd body, nor does a contract match
// because nobody could tell.
func guarded(kind Kind, out *collector, compare func()) {
	defer func() {
		if cause := recover(); cause != nil {
			out.add(Mismatch{Kind: kind, Why: fmt.Sprintf(
				"could not be compared: internal error (%v); please report it together with the contract", cut(fmt.Sprint(cause)))})
		}
	}()
	compare()
}
