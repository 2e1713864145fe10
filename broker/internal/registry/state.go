package registry

import (
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// StateOfEnvironment is the state of an environment.
func StateOfEnvironment(e kernel.Environment) string {
	parts := []string{e.Name, e.DisplayName, "not production"}
	if e.Production {
		parts[2] = "production"
	}
	for _, c := range e.Contacts {
		parts = append(parts, c.Name, string(c.Details))
	}
	return kernel.StateOf(parts...)
}

// StateOfPacticipant is the state of an application with its labels.
func StateOfPacticipant(p PacticipantDetails) string {
	parts := []string{p.Name, p.DisplayName, p.MainBranch, p.RepositoryURL}
	for _, l := range p.Labels {
		parts = append(parts, l.Name)
	}
	return kernel.StateOf(parts...)
}

// checkState is CodeConflict if somebody saw another state than the one that is there;
// "" is whatever it is.
func checkState(seen, is, what string) error {
	if seen == "" || strings.EqualFold(seen, is) {
		return nil
	}
	return kernel.Errorf(kernel.CodeConflict, "Somebody else has changed this %s since you opened the form. Nothing was changed: look at what it is now, and begin anew.", what)
}
