package arch_test

// mayImport lists, for each of our packages, what its shipped code imports: our
// packages by their path below the module, others by the path of their module.
// It is exact in both directions, so that each new arrow and each new library is
// a decision that somebody reads, and one that is gone is gone from here too.
//
// Between the subjects of the broker there are four arrows, and no more: publish
// to registry and webhook, result to webhook, and overview to gate, whose rows
// it shows.
var mayImport = map[string][]string{
	// The library: what people import in their tests.
	"client":                    {"internal/hal", "internal/shell"},
	"contract":                  {"golang.org/x/text"},
	"contract/compare":          {"contract", "contract/internal/walk", "matching"},
	"contract/internal/walk":    {"contract"},
	"contract/lint":             {"contract", "contract/internal/walk", "internal/pattern", "matching"},
	"contract/show":             {"contract", "contract/internal/walk"},
	"dsl":                       {"contract", "dsl/internal/draft", "dsl/internal/gojson", "dsl/internal/integration", "matching", "mockserver", "github.com/pact-foundation/pact-go/v2"},
	"dsl/internal/draft":        {"contract", "contract/lint", "dsl/internal/integration", "dsl/internal/pactfile", "dsl/internal/selfchange", "generate", "github.com/pact-foundation/pact-go/v2"},
	"dsl/internal/gojson":       {"github.com/pact-foundation/pact-go/v2"},
	"dsl/internal/integration":  {"contract", "dsl/internal/gojson", "github.com/pact-foundation/pact-go/v2"},
	"dsl/internal/pactfile":     {"contract", "dsl/internal/selfchange", "internal/pactio"},
	"dsl/internal/selfchange":   {"contract"},
	"dsl/message":               {},
	"dsl/message/v3":            {"contract", "dsl", "dsl/internal/draft", "github.com/pact-foundation/pact-go/v2"},
	"dsl/message/v4":            {"contract", "dsl", "dsl/internal/draft", "github.com/pact-foundation/pact-go/v2"},
	"generate":                  {"contract", "internal/pattern", "github.com/google/uuid"},
	"matching":                  {"contract", "internal/pattern", "github.com/Masterminds/semver/v3"},
	"mockserver":                {"contract", "generate", "internal/caught", "internal/coding", "matching", "mockserver/internal/rank", "mockserver/internal/shelf"},
	"mockserver/internal/page":  {},
	"mockserver/internal/rank":  {"contract"},
	"mockserver/internal/shelf": {"contract", "matching", "mockserver/internal/rank"},
	"mockserver/manager":        {"contract", "internal/caught", "internal/pactio", "mockserver", "mockserver/internal/page", "github.com/google/uuid"},
	"mockserver/stub":           {"client", "contract", "generate", "internal/caught", "internal/coding", "internal/pactio", "matching", "mockserver", "mockserver/internal/page", "mockserver/internal/rank", "mockserver/internal/shelf", "github.com/fsnotify/fsnotify"},
	"verifier":                  {"client", "contract", "generate", "internal/caught", "internal/coding", "internal/junit", "internal/pactio", "matching", "github.com/pact-foundation/pact-go/v2"},

	// What the library shares.
	"internal/apicompat": {},
	"internal/arch":      {},
	"internal/caught":    {},
	"internal/coding":    {},
	"internal/golden":    {"github.com/stretchr/testify"},
	"internal/hal":       {},
	"internal/junit":     {},
	"internal/pactio":    {},
	"internal/pattern":   {"github.com/dlclark/regexp2"},
	"internal/shell":     {"internal/visible"},
	"internal/tornpact":  {"internal/pactio"},
	"internal/visible":   {"golang.org/x/text"},

	// The broker.
	"broker":                           {"broker/internal/api", "broker/internal/cleanup", "broker/internal/kernel", "broker/internal/store", "broker/internal/usecase", "broker/internal/web", "broker/internal/webhook/delivery", "github.com/prometheus/client_golang", "github.com/robfig/cron/v3", "go.opentelemetry.io/otel", "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp", "go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/trace"},
	"broker/brokertest":                {"broker", "github.com/stretchr/testify"},
	"broker/internal/advice":           {"broker/internal/links", "broker/internal/matrix", "internal/shell"},
	"broker/internal/api":              {"broker/internal/advice", "broker/internal/gate", "broker/internal/kernel", "broker/internal/links", "broker/internal/matrix", "broker/internal/overview", "broker/internal/picking", "broker/internal/publish", "broker/internal/registry", "broker/internal/result", "broker/internal/usecase", "broker/internal/webhook", "docs/rels", "internal/hal", "internal/visible", "github.com/labstack/echo/v4"},
	"broker/internal/brokerclients":    {},
	"broker/internal/cleanup":          {"broker/internal/kernel"},
	"broker/internal/gate":             {"broker/internal/kernel", "broker/internal/matrix"},
	"broker/internal/kernel":           {"broker/internal/matrix", "internal/visible", "github.com/google/uuid", "github.com/klauspost/compress"},
	"broker/internal/links":            {},
	"broker/internal/matrix":           {},
	"broker/internal/matrix/story":     {"broker/internal/matrix"},
	"broker/internal/overview":         {"broker/internal/gate", "broker/internal/kernel", "broker/internal/matrix"},
	"broker/internal/picking":          {"broker/internal/kernel", "broker/internal/matrix"},
	"broker/internal/publish":          {"broker/internal/kernel", "broker/internal/registry", "broker/internal/webhook", "contract", "internal/visible"},
	"broker/internal/registry":         {"broker/internal/kernel"},
	"broker/internal/result":           {"broker/internal/kernel", "broker/internal/webhook"},
	"broker/internal/store":            {"broker/internal/kernel", "broker/internal/matrix", "github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "gorm.io/driver/postgres", "gorm.io/driver/sqlite", "gorm.io/gorm", "modernc.org/sqlite", "zombiezen.com/go/sqlite"},
	"broker/internal/store/scale":      {"broker/internal/gate", "broker/internal/kernel", "broker/internal/picking", "broker/internal/store", "github.com/jackc/pgx/v5"},
	"broker/internal/store/storetest":  {"broker/internal/kernel", "broker/internal/store", "github.com/google/uuid", "github.com/stretchr/testify"},
	"broker/internal/usecase":          {"broker/internal/cleanup", "broker/internal/gate", "broker/internal/kernel", "broker/internal/overview", "broker/internal/picking", "broker/internal/publish", "broker/internal/registry", "broker/internal/result", "broker/internal/webhook"},
	"broker/internal/usecasetest":      {"broker/internal/kernel", "broker/internal/matrix", "broker/internal/matrix/story", "broker/internal/publish", "broker/internal/store", "broker/internal/store/storetest", "broker/internal/usecase", "github.com/stretchr/testify"},
	"broker/internal/web":              {"broker/internal/advice", "broker/internal/gate", "broker/internal/kernel", "broker/internal/links", "broker/internal/matrix", "broker/internal/overview", "broker/internal/registry", "broker/internal/usecase", "contract", "internal/shell", "internal/visible", "github.com/agnivade/levenshtein"},
	"broker/internal/webhook":          {"broker/internal/kernel"},
	"broker/internal/webhook/delivery": {"broker/internal/kernel", "broker/internal/links", "broker/internal/webhook", "github.com/riverqueue/river", "github.com/riverqueue/river/riverdriver", "github.com/riverqueue/river/riverdriver/riverdatabasesql", "github.com/riverqueue/river/riverdriver/riversqlite"},

	// The command line.
	"cmd/treaty":                  {"cmd/treaty/internal/command"},
	"cmd/treaty/internal/command": {"broker", "client", "contract", "contract/compare", "contract/lint", "contract/show", "internal/junit", "internal/pactio", "internal/shell", "internal/visible", "matching", "mockserver/manager", "mockserver/stub", "verifier", "github.com/agnivade/levenshtein", "github.com/google/uuid", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"},

	// Examples, documents and suites.
	"conformance/benchconsumer":       {"conformance/page"},
	"conformance/benchverify":         {"conformance/page"},
	"conformance/differential":        {},
	"conformance/footprint":           {"conformance/page"},
	"conformance/golden":              {"conformance/page"},
	"conformance/history":             {},
	"conformance/interop":             {},
	"conformance/listed":              {"conformance/page"},
	"conformance/load":                {"conformance/page", "github.com/jackc/pgx/v5"},
	"conformance/matchbench":          {"conformance/page"},
	"conformance/outcome":             {},
	"conformance/pactffi":             {},
	"conformance/pactffi/cases":       {"dsl", "dsl/message/v3", "dsl/message/v4", "github.com/pact-foundation/pact-go/v2"},
	"conformance/page":                {},
	"conformance/random":              {"contract", "matching"},
	"conformance/report":              {"conformance/outcome", "conformance/page"},
	"conformance/spec":                {},
	"conformance/suite":               {},
	"conformance/suitebench":          {"conformance/page"},
	"conformance/summary":             {"conformance/page"},
	"docs/rels":                       {},
	"examples/catalog/catalog":        {},
	"examples/catalog/cmd/catalog":    {"examples/catalog/catalog"},
	"examples/catalog/cmd/storefront": {"examples/catalog/storefront"},
	"examples/catalog/storefront":     {},
	"examples/guide":                  {},
}
