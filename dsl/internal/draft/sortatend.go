package draft

import (
	"strings"
	"sync"

	"github.com/treatyhq/treaty/dsl/internal/pactfile"
)

// ending is the part of [testing.TB] that tells when a test ends. *testing.T
// and what embeds one have it.
type ending interface {
	Cleanup(func())
	Name() string
	Errorf(format string, args ...any)
}

// awaited holds the files that are settled when a test ends, by test and file.
var awaited sync.Map

type wait struct{ test, path string }

// settleAtEnd sorts an open file when t has ended, if t says when that is.
func settleAtEnd(t any, path string) error {
	test, ok := t.(ending)
	if !ok {
		return pactfile.Leave(path)
	}
	w := wait{test.Name(), path}
	if _, known := awaited.LoadOrStore(w, test); known {
		return nil
	}
	test.Cleanup(func() {
		awaited.Delete(w)
		if err := pactfile.Settle(path, !strings.Contains(w.test, "/")); err != nil {
			test.Errorf("The pact could not be sorted: %v", err)
		}
	})
	return nil
}
