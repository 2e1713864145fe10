package manager

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/browsers"
	"github.com/treatyhq/treaty/internal/pactio"
	"github.com/treatyhq/treaty/mockserver"
	"github.com/treatyhq/treaty/mockserver/internal/page"
)

// Config says how mock servers are made.
type Config struct {
	// Host is the address that the mock servers listen on; 127.0.0.1 when empty.
	Host string
	// BasePort is the first port that is tried for a mock server, and its
	// followers the next; 0 lets the operating system choose.
	BasePort int
	// Output is the folder for pacts that were verified; the working folder when
	// empty.
	Output string
	// Key must be sent to stop the master, as a bearer token. When empty, anybody
	// may stop it.
	Key string
}

// Manager is the master: it keeps the running mock servers. It is safe for
// concurrent use.
type Manager struct {
	config   Config
	mu       sync.Mutex
	servers  map[string]*managed
	shutdown chan struct{}
	once     sync.Once
	writing  sync.Mutex
	journal  page.Journal
	claims   claims
	// guard keeps pages in browsers away, and names are what the master is called.
	guard browsers.Guard
	names []string
}

// managed is one mock server with its pact.
type managed struct {
	id     string
	pact   *contract.Pact
	draft  string
	scheme string
	*mockserver.Server
}

// New returns a manager that has no mock servers yet. The caller calls Close.
func New(config Config) *Manager {
	names := []string{config.Host}
	if name, err := os.Hostname(); err == nil {
		names = append(names, name)
	}
	return &Manager{config: config, servers: map[string]*managed{}, shutdown: make(chan struct{}), guard: browsers.NewGuard(nil), names: names}
}

// Done returns a channel that is closed when somebody with the key asked the master
// to stop, after the pause that was asked for. The caller does the rest.
func (m *Manager) Done() <-chan struct{} { return m.shutdown }

// Close stops all mock servers. Nothing is written by it. Closing twice is fine.
func (m *Manager) Close() {
	m.mu.Lock()
	servers := m.servers
	m.servers = map[string]*managed{}
	m.mu.Unlock()
	for _, server := range servers {
		_ = server.Close()
	}
}

// Options say how one mock server is made. POST / has them in its query as
// specification, cors, tls and draft.
type Options struct {
	// Version of the specification the pact is written in later; the pact's
	// own when unknown.
	Version contract.SpecVersion
	// CORS answers OPTIONS requests that no interaction expects.
	CORS bool
	// TLS serves HTTPS with a certificate for localhost that is made at the
	// start.
	TLS bool
	// Draft names where the pact comes from, such as the path of a file. What
	// an earlier form of it gave and it has no longer is replaced on writing.
	Draft string
}

var errNothingToPlay = errors.New("the pact has no interactions over HTTP")

// create makes a mock server of a pact.
func (m *Manager) create(p *contract.Pact, o Options) (*managed, error) {
	var interactions []*contract.HTTP
	for _, i := range p.Interactions {
		if exchange, ok := i.(*contract.HTTP); ok {
			interactions = append(interactions, exchange)
		}
	}
	if len(interactions) == 0 {
		return nil, errNothingToPlay
	}
	if o.Version != contract.VersionUnknown {
		p.Version = o.Version
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	server, err := m.start(interactions, o)
	if err != nil {
		return nil, err
	}
	made := &managed{id: uuid.NewString(), pact: p, draft: o.Draft, scheme: "http", Server: server}
	if o.TLS {
		made.scheme = "https"
	}
	m.servers[made.id] = made
	m.claims.describe(p, o.Draft)
	return made, nil
}

// start tries the ports from BasePort on.
func (m *Manager) start(interactions []*contract.HTTP, o Options) (*mockserver.Server, error) {
	config := mockserver.Config{Host: m.config.Host, Port: m.config.BasePort, TLS: o.TLS, CORSPreflight: o.CORS, Observe: m.observe}
	for {
		server, err := mockserver.Start(interactions, config)
		if err == nil || config.Port == 0 || config.Port == 65535 || !errors.Is(err, syscall.EADDRINUSE) {
			return server, err
		}
		config.Port++
	}
}

// observe keeps a request for the page.
func (m *Manager) observe(r contract.Request, played *contract.HTTP, failed *mockserver.Failure) {
	line := page.Request{At: time.Now(), Method: r.Method, Target: r.Path, OK: failed == nil}
	if query := mockserver.QueryString(r.Query); query != "" {
		line.Target += "?" + query
	}
	if failed != nil {
		line.Status, line.Answer = http.StatusInternalServerError, failed.Sentence()
	} else {
		line.Status, line.Answer = played.Response.Status, played.Description
	}
	m.journal.Add(line)
}

// find looks a mock server up by its id or its port.
func (m *Manager) find(name string) (*managed, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if server, ok := m.servers[name]; ok {
		return server, true
	}
	port, err := strconv.Atoi(name)
	if err != nil {
		return nil, false
	}
	for _, server := range m.servers {
		if server.Port() == port {
			return server, true
		}
	}
	return nil, false
}

// list returns all mock servers by port.
func (m *Manager) list() []*managed {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*managed
	for _, server := range m.servers {
		all = append(all, server)
	}
	slices.SortFunc(all, func(a, b *managed) int { return cmp.Compare(a.Port(), b.Port()) })
	return all
}

// remove stops one mock server.
func (m *Manager) remove(server *managed) {
	m.mu.Lock()
	delete(m.servers, server.id)
	m.mu.Unlock()
	_ = server.Close()
}

// write keeps a verified pact, merged with the one that is there.
func (m *Manager) write(p *contract.Pact, draft string) (string, error) {
	m.writing.Lock()
	defer m.writing.Unlock()
	if err := m.claims.check(p, draft); err != nil {
		return "", err
	}
	path := filepath.Join(m.config.Output, fileName(p))
	unlock, err := pactio.Lock(filepath.Dir(path)) // tests may write the same file
	if err != nil {
		return "", err
	}
	defer unlock()
	if err := pactio.NewPatcher(path).Recover(); err != nil {
		return "", err
	}
	name := ""
	if draft != "" {
		name = digest(draft)
	}
	merged, err := merge(path, p, name)
	if err != nil {
		return "", err
	}
	text, err := contract.Encode(merged, merged.Version)
	if err != nil {
		return "", err
	}
	if _, err = pactio.Replace(path, text); err != nil {
		return "", err
	}
	m.claims.keep(p, draft)
	return path, nil
}

// merge returns what the file at path shall hold with p in it. draft is the
// digest of its name, "" for none.
func merge(path string, p *contract.Pact, draft string) (*contract.Pact, error) {
	out := *p
	if out.Version < contract.V2 {
		out.Version = contract.V4
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if draft != "" {
			drafts{}.note(&out, draft, p)
		}
		return &out, nil
	}
	if err != nil {
		return nil, err
	}
	existing, err := contract.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("the file %s cannot be merged with: %w; put it right, or delete it and run all tests that write it", path, err)
	}
	known := draftsOf(existing)
	if draft != "" {
		existing = known.without(existing, draft, p)
	}
	if max(existing.Version, out.Version) < contract.V4 { // V4 is merged so by itself
		existing = renewed(existing, &out)
	}
	merged, err := contract.Merge(existing, &out)
	if err != nil {
		return nil, err
	}
	merged.Version = max(existing.Version, out.Version)
	if mixed(merged) {
		merged.Version = contract.V4 // earlier versions have room for one kind
	}
	if draft != "" {
		known.note(merged, draft, p)
	}
	return merged, nil
}

// renewed returns existing with the interactions that added describes anew. An
// expectation that was edited since the last run is not a conflict with what it
// was then: the file says what the tests say now.
func renewed(existing, added *contract.Pact) *contract.Pact {
	fresh := map[string][]contract.Interaction{}
	for _, i := range added.Interactions {
		name := contract.Identity(i)
		fresh[name] = append(fresh[name], i)
	}
	out := *existing
	out.Interactions = slices.Clone(existing.Interactions)
	for at, i := range out.Interactions {
		name := contract.Identity(i)
		if same := fresh[name]; len(same) > 0 {
			out.Interactions[at], fresh[name] = same[0], same[1:]
		}
	}
	return &out
}

// mixed reports whether p has interactions over HTTP and messages.
func mixed(p *contract.Pact) bool {
	return slices.ContainsFunc(p.Interactions, func(i contract.Interaction) bool { return i.Kind() != p.Interactions[0].Kind() })
}

func fileName(p *contract.Pact) string {
	return strings.NewReplacer("/", "_", `\`, "_", "\x00", "_").Replace(p.Consumer+"-"+p.Provider) + ".json"
}
