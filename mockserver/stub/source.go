package stub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/pactio"
	"github.com/treatyhq/treaty/internal/redact"
)

// Sources say where pacts come from.
type Sources struct {
	// Files are paths of pact files; each must be one.
	Files []string
	// Dirs are searched with their subfolders for files with Extension. What is
	// not a pact there is passed over.
	Dirs      []string
	Extension string // without the dot; json when empty
	// URLs are addresses of pacts, http or https.
	URLs []string
	// HTTP fetches URLs, with User and Password, or with Token, if set; nil means
	// the default client of net/http.
	HTTP     *http.Client
	User     string
	Password string
	Token    string
	// Broker serves pacts too; nil asks none: the latest of every consumer and
	// provider or, with Selectors, those that they name of each provider in
	// Providers, which must then be names.
	Broker    *client.Client
	Selectors []client.ConsumerVersionSelector
	// Consumers and Providers narrow what the broker serves, by name or by
	// /regular expression/; empty means all.
	Consumers []string
	Providers []string
}

// ErrNoSource is the error of [Open] for Sources that name neither files, folders,
// addresses nor a broker.
var ErrNoSource = errors.New("no pacts are named")

// maxPact is the largest pact that is fetched, in bytes.
const maxPact = 256 << 20

// document is the text of a pact and where it was read.
type document struct {
	source string
	text   []byte
	// found is true for what lies in a folder, which may not be a pact at all.
	found bool
	// narrow drops the pact unless its consumer is one of Sources.Consumers.
	narrow bool
}

// local and remote report whether there is anything of either part.
func (s Sources) local() bool  { return len(s.Files)+len(s.Dirs) > 0 }
func (s Sources) remote() bool { return len(s.URLs) > 0 || s.Broker != nil }

// readLocal reads what lies on this machine.
func (s Sources) readLocal(context.Context) ([]document, error) {
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	var documents []document
	for i, file := range files {
		text, err := pactio.ReadFile(file)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document{source: file, text: text, found: i >= len(s.Files)})
	}
	return documents, nil
}

// readRemote fetches what has to be asked for.
func (s Sources) readRemote(ctx context.Context) ([]document, error) {
	var documents []document
	for _, address := range s.URLs {
		text, err := s.fetch(ctx, address)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document{source: redact.URL(address), text: text})
	}
	if s.Broker == nil {
		return documents, nil
	}
	addresses, err := s.brokerAddresses(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the broker for pacts: %w", err)
	}
	for _, address := range addresses {
		fetched, err := s.Broker.FetchPact(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("fetch a pact from the broker: %w", err)
		}
		documents = append(documents, document{source: redact.URL(address), text: fetched.Content, narrow: true})
	}
	return documents, nil
}

func (s Sources) decode(documents []document) ([]*contract.Pact, error) {
	var pacts []*contract.Pact
	for _, d := range documents {
		if d.found && json.Valid(d.text) && !contract.HoldsPact(d.text) {
			continue
		}
		pact, err := contract.Decode(d.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.source, err)
		}
		if len(pact.Interactions) == 0 && !d.narrow && !contract.HoldsPact(d.text) {
			return nil, fmt.Errorf("%s is not a pact: it has no consumer, no provider and no interactions", d.source)
		}
		keep := true
		if d.narrow {
			if keep, err = named(s.Consumers, pact.Consumer); err != nil {
				return nil, err
			}
		}
		if keep {
			pacts = append(pacts, pact)
		}
	}
	return pacts, nil
}

// files lists the named files first.
func (s Sources) files() ([]string, error) {
	files := slices.Clone(s.Files)
	extension := "." + strings.TrimPrefix(s.Extension, ".")
	if extension == "." {
		extension = ".json"
	}
	for _, dir := range s.Dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !d.IsDir() && filepath.Ext(path) == extension && !strings.HasPrefix(d.Name(), ".") {
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the folder: %w", err)
		}
	}
	return files, nil
}

func (s Sources) fetch(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("the address of a pact, %s: %w", redact.URL(address), redact.Error(err))
	}
	request.Header.Set("Accept", "application/hal+json, application/json")
	switch {
	case s.Token != "":
		request.Header.Set("Authorization", "Bearer "+s.Token)
	case s.User != "":
		request.SetBasicAuth(s.User, s.Password)
	}
	response, err := s.http().Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", redact.URL(address), redact.Error(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch %s: the server answers %s", redact.URL(address), response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxPact))
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", redact.URL(address), redact.Error(err))
	}
	return text, nil
}

func (s Sources) http() *http.Client {
	if s.HTTP != nil {
		return s.HTTP
	}
	return http.DefaultClient
}

func (s Sources) brokerAddresses(ctx context.Context) ([]string, error) {
	if len(s.Selectors) > 0 {
		return s.selected(ctx)
	}
	list, err := s.Broker.ListLatestPacts(ctx)
	if err != nil {
		return nil, err
	}
	var addresses []string
	for _, entry := range list.Entries {
		consumer, err := named(s.Consumers, entry.Embedded.Consumer.Name)
		if err != nil {
			return nil, err
		}
		provider, err := named(s.Providers, entry.Embedded.Provider.Name)
		if err != nil {
			return nil, err
		}
		if self, ok := entry.Links.Find("self"); ok && consumer && provider {
			addresses = append(addresses, self.Href)
		}
	}
	return addresses, nil
}

// selected asks for the pacts of each provider as its verification would.
func (s Sources) selected(ctx context.Context) ([]string, error) {
	if len(s.Providers) == 0 {
		return nil, errors.New("a branch, an environment or a selector needs the name of a provider")
	}
	var addresses []string
	for _, provider := range s.Providers {
		if pattern(provider) != "" {
			return nil, fmt.Errorf("a branch, an environment or a selector needs the whole name of a provider, not %s", provider)
		}
		found, err := s.Broker.PactsForVerification(ctx, client.VerificationQuery{Provider: provider, Selectors: s.Selectors})
		if err != nil {
			return nil, err
		}
		for _, pact := range found {
			addresses = append(addresses, pact.URL)
		}
	}
	return addresses, nil
}

// named reports whether one of the names, or one of the /patterns/, is name.
func named(names []string, name string) (bool, error) {
	for _, wanted := range names {
		text := pattern(wanted)
		if text == "" {
			if wanted == name {
				return true, nil
			}
			continue
		}
		expression, err := regexp.Compile(text)
		if err != nil {
			return false, fmt.Errorf("%s is not a regular expression: %w", wanted, err)
		}
		if expression.MatchString(name) {
			return true, nil
		}
	}
	return len(names) == 0, nil
}

// pattern returns what stands between slashes; "" if there are none.
func pattern(name string) string {
	if len(name) > 2 && strings.HasPrefix(name, "/") && strings.HasSuffix(name, "/") {
		return name[1 : len(name)-1]
	}
	return ""
}
