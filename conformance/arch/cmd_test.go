package arch_test

// The rooms of the command line. Data flows one way: main, the root that lists
// the commands, a room for each subject, and what the rooms share. A room imports
// no other, but for demo, which starts the broker of serve and waits for its line.
func init() {
	for name, allowed := range map[string][]string{
		"cmd/treaty":                      {"cmd/treaty/internal/command", "cmd/treaty/internal/root"},
		"cmd/treaty/internal/root":        {"cmd/treaty/internal/command", "cmd/treaty/internal/connection", "cmd/treaty/internal/demo", "cmd/treaty/internal/gate", "cmd/treaty/internal/mock", "cmd/treaty/internal/output", "cmd/treaty/internal/pact", "cmd/treaty/internal/records", "cmd/treaty/internal/serve", "cmd/treaty/internal/verify", "github.com/spf13/cobra", "github.com/spf13/pflag"},
		"cmd/treaty/internal/commandtest": {"broker/brokertest", "client", "cmd/treaty/internal/command", "cmd/treaty/internal/root"},

		"cmd/treaty/internal/demo":    {"cmd/treaty/internal/ci", "cmd/treaty/internal/command", "cmd/treaty/internal/output", "cmd/treaty/internal/serve", "github.com/spf13/cobra", "github.com/spf13/pflag"},
		"cmd/treaty/internal/gate":    {"client", "cmd/treaty/internal/ci", "cmd/treaty/internal/command", "cmd/treaty/internal/connection", "cmd/treaty/internal/missing", "cmd/treaty/internal/output", "internal/junit", "github.com/spf13/cobra", "github.com/spf13/pflag"},
		"cmd/treaty/internal/mock":    {"client", "cmd/treaty/internal/command", "cmd/treaty/internal/connection", "cmd/treaty/internal/output", "internal/members", "internal/pactio", "matching", "mockserver/manager", "mockserver/stub", "github.com/spf13/cobra", "github.com/spf13/pflag"},
		"cmd/treaty/internal/pact":    {"client", "cmd/treaty/internal/ci", "cmd/treaty/internal/command", "cmd/treaty/internal/connection", "cmd/treaty/internal/glob", "cmd/treaty/internal/missing", "cmd/treaty/internal/output", "contract", "contract/compare", "contract/lint", "contract/show", "internal/members", "internal/pactio", "internal/shell", "internal/wholefile", "github.com/spf13/cobra", "github.com/spf13/pflag"},
		"cmd/treaty/internal/records": {"client", "cmd/treaty/internal/ci", "cmd/treaty/internal/command", "cmd/treaty/internal/connection", "cmd/treaty/internal/missing", "cmd/treaty/internal/output", "internal/shell", "github.com/google/uuid", "github.com/spf13/cobra", "github.com/spf13/pflag"},
		"cmd/treaty/internal/serve":   {"broker", "cmd/treaty/internal/command", "cmd/treaty/internal/output", "cmd/treaty/internal/setting", "internal/shell", "github.com/spf13/cobra", "github.com/spf13/pflag"},
		"cmd/treaty/internal/verify":  {"cmd/treaty/internal/command", "cmd/treaty/internal/connection", "cmd/treaty/internal/output", "contract", "internal/wholefile", "verifier", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"},

		"cmd/treaty/internal/ci":         {"cmd/treaty/internal/command"},
		"cmd/treaty/internal/command":    {"cmd/treaty/internal/output", "internal/near", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"},
		"cmd/treaty/internal/connection": {"client", "cmd/treaty/internal/command", "cmd/treaty/internal/output", "github.com/spf13/pflag"},
		"cmd/treaty/internal/glob":       {},
		"cmd/treaty/internal/missing":    {"client", "cmd/treaty/internal/command", "cmd/treaty/internal/output", "internal/near", "internal/shell"},
		"cmd/treaty/internal/output":     {"client", "internal/visible", "github.com/spf13/pflag"},
		"cmd/treaty/internal/setting":    {"broker", "cmd/treaty/internal/command", "cmd/treaty/internal/output", "github.com/agnivade/levenshtein", "github.com/spf13/pflag"},

		// Names that look alike, for whoever misspells one.
		"internal/near": {},
		// Files that are there whole or not at all.
		"internal/wholefile": {},
	} {
		mayImport[name] = allowed
	}
}
