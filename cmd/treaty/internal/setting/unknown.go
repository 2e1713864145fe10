package setting

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/internal/near"
)

// injected are the shapes of variables that Kubernetes and Docker put into a
// container for other services, among them one named pact-broker.
var injected = regexp.MustCompile(`(^|_)(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

// isAddress reports whether a value is one that Kubernetes gives to the
// variable NAME_PORT of a service, such as tcp://10.0.0.1:80.
func isAddress(value string) bool {
	for _, scheme := range []string{"tcp://", "udp://", "sctp://"} {
		if strings.HasPrefix(value, scheme) {
			return true
		}
	}
	return false
}

// checkUnknown refuses the variables that somebody may believe in although
// they change nothing: settings of the Pact Broker that are not ours, and
// misspelt names. It names all of them at once.
func checkUnknown(e command.Env) error {
	var lines, names []string
	for _, entry := range slices.Sorted(slices.Values(e.Environ)) {
		name, value, _ := strings.Cut(entry, "=")
		if line := complaint(name, value); line != "" && !slices.Contains(names, name) {
			lines, names = append(lines, "  "+line), append(names, name)
		}
	}
	switch len(names) {
	case 0:
		return nil
	case 1:
		return command.Next(fmt.Errorf("a variable has no meaning for this broker:\n%s", lines[0]), "%s", leave("it", names))
	default:
		return command.Next(fmt.Errorf("%d variables have no meaning for this broker:\n%s", len(names), strings.Join(lines, "\n")), "%s", leave("them", names))
	}
}

// leave tells both ways out.
func leave(them string, names []string) string {
	return fmt.Sprintf("unset %s, or have %s ignored: --ignore-settings %s (or the same list in TREATY_IGNORE_SETTINGS); docs/configuration.md lists all settings",
		them, them, strings.Join(names, ","))
}

// complaint is what there is to say against a variable, or "".
func complaint(name, value string) string {
	variable, original := strings.CutPrefix(name, variablePrefix)
	if !original {
		var own bool
		if variable, own = strings.CutPrefix(name, ownPrefix); !own {
			return ""
		}
	}
	if isKnown(variable) || isClientName(variable) || injected.MatchString(variable) || isAddress(value) {
		return ""
	}
	if r, found := findRefused(variable); found {
		if r.takes(value) {
			return ""
		}
		return fmt.Sprintf("%s: %s Unset it%s.", name, r.why, orAccepted(r))
	}
	meant, slip := nearest(variable)
	switch {
	case !original && !slip:
		return "" // TREATY_ may begin the name of something else
	case meant == "":
		return name + " is not a setting of the Pact Broker or of Treaty. Unset it."
	}
	return fmt.Sprintf("%s is not a setting of the Pact Broker or of Treaty; did you mean %s? Unset it.", name, strings.TrimSuffix(name, variable)+meant)
}

// orAccepted names the value that a refused setting may have.
func orAccepted(r refused) string {
	if len(r.accepts) == 0 {
		return ""
	}
	return " or set it to " + r.accepts[0]
}

// isKnown reports whether a variable, without prefix, is read by serve.
func isKnown(variable string) bool {
	if variable == certificates || strings.HasPrefix(variable, certificates+"__") {
		return true
	}
	return slices.Contains(knownNames(), variable)
}

// knownNames are the variables of the settings and of what they are made of,
// without prefix.
func knownNames() []string {
	known := []string{
		"BASE_URLS", "DATABASE_ADAPTER", "DATABASE_NAME", "DATABASE_HOST", "DATABASE_PORT", "DATABASE_USERNAME",
		"DATABASE_PASSWORD", "DATABASE_SSLMODE",
	}
	for _, redirected := range redirectedNames {
		known = append(known, redirected+environmentName)
	}
	for _, s := range settings() {
		known = append(known, s.variable)
		if older := olderNames[s.variable]; older != "" {
			known = append(known, older)
		}
	}
	return known
}

// nearest returns the known name that looks most like variable, and whether it
// is so like it that it must be a slip.
func nearest(variable string) (name string, slip bool) {
	alike := near.Names(variable, knownNames())
	if len(alike) == 0 {
		return "", false
	}
	return alike[0], near.Edits(variable, alike[0]) <= 2
}
