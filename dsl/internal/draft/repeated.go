package draft

import (
	"errors"
	"fmt"
	"os"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/pactfile"
)

// allowRepeats is the variable that lets a suite written for pact-go describe
// one interaction in several ways: the last of them stands, as it does there.
const allowRepeats = "TREATY_ALLOW_REPEATED_INTERACTIONS"

// writePact writes p. Two descriptions of one interaction are an error, or a
// warning for t.
func writePact(t any, dir string, p *contract.Pact) (pactfile.Written, error) {
	written, err := pactfile.Write(dir, p)
	var repeat *pactfile.RepeatError
	if !errors.As(err, &repeat) {
		return written, err
	}
	if os.Getenv(allowRepeats) == "" {
		return written, fmt.Errorf("%w. To keep the last one with a warning, as pact-go does without one, set %s=1", err, allowRepeats)
	}
	written, repeats, err := pactfile.WriteLast(dir, p)
	if err != nil {
		return written, err
	}
	for _, repeat := range repeats {
		warn(t, "This test replaces an interaction of the contract: %v. The provider will not be held to the earlier one.", repeat)
	}
	return written, nil
}

// warn tells t, if it listens.
func warn(t any, format string, args ...any) {
	if logger, ok := t.(interface {
		Helper()
		Logf(format string, args ...any)
	}); ok {
		logger.Helper()
		logger.Logf(format, args...)
	}
}
