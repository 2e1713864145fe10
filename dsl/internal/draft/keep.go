package draft

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/lint"
	"github.com/treatyhq/treaty/dsl/internal/pactfile"
	"github.com/treatyhq/treaty/dsl/internal/selfchange"
)

// allowChanging is the variable that lets examples hold the time of the run.
const allowChanging = "TREATY_ALLOW_CHANGING_EXAMPLES"

// Parties name the two sides of a pact and the folder for its file.
type Parties struct {
	Consumer, Provider string
	// Dir is the configured folder; may be empty.
	Dir string
}

// CheckExamples returns an error if an example does not fit its own matcher,
// so that no provider could keep the contract, or holds the time of the run, so
// that it would be another one each time.
func CheckExamples(interactions []contract.Interaction) error {
	if err := checkFit(interactions); err != nil {
		return err
	}
	return checkChanging(interactions)
}

// mostUnfit is how many examples one error lists.
const mostUnfit = 10

func checkFit(interactions []contract.Interaction) error {
	var unfit []string
	advice := ""
	for _, i := range interactions {
		findings := lint.Examples(i)
		if len(findings) > 0 && sharesMatchers(i) {
			advice = sharedList
		}
		for _, finding := range findings {
			finding.Where = fmt.Sprintf("%q:", i.Base().Description)
			unfit = append(unfit, finding.String())
		}
	}
	if len(unfit) == 0 {
		return nil
	}
	more := ""
	if len(unfit) > mostUnfit {
		more = fmt.Sprintf("\n  and %d more", len(unfit)-mostUnfit)
		unfit = unfit[:mostUnfit]
	}
	return fmt.Errorf("it shows what its own matchers refuse, so no provider could keep it.\n  %s%s\nCorrect the example or the matcher%s",
		strings.Join(unfit, "\n  "), more, advice)
}

func checkChanging(interactions []contract.Interaction) error {
	if os.Getenv(allowChanging) != "" {
		return nil
	}
	var found []string
	for _, i := range interactions {
		for _, place := range selfchange.Find(i, time.Now()) {
			found = append(found, fmt.Sprintf("%q: %s", i.Base().Description, place))
		}
	}
	if len(found) == 0 {
		return nil
	}
	return fmt.Errorf("it would change by itself on every run, and each change is a new contract to verify.\n  %s\n"+
		"Use a fixed example and a matcher for its form. To allow it all the same, set %s=1", strings.Join(found, "\n  "), allowChanging)
}

// Keep writes interactions that were proven to the pact file, and tells t what
// looks as if it changed by itself since the last run. A test that has failed,
// by whatever assertion, proves nothing: then nothing is written.
func Keep(t any, parties Parties, version contract.SpecVersion, interactions []contract.Interaction) error {
	if test, ok := t.(interface{ Failed() bool }); ok && test.Failed() {
		return nil
	}
	written, err := writePact(t, pactfile.Folder(parties.Dir), &contract.Pact{
		Consumer:     parties.Consumer,
		Provider:     parties.Provider,
		Version:      version,
		Interactions: interactions,
		Metadata:     pactfile.Metadata(),
	})
	if written.Open {
		err = errors.Join(err, settleAtEnd(t, written.Path))
	}
	if logger, ok := t.(interface {
		Helper()
		Logf(format string, args ...any)
	}); ok {
		logger.Helper()
		for _, suspect := range written.Suspects {
			logger.Logf("This contract seems to change by itself. %s. A fixed example with a matcher keeps it the same.", suspect)
		}
	}
	return err
}
