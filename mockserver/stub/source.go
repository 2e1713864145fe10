package stub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/contract"
)

// Sources say where pacts come from.
type Sources struct {
	Files []string
	// Dirs are searched with their subfolders for files with Extension.
	Dirs      []string
	Extension string // without the dot; json when empty
	URLs      []string
	// HTTP fetches URLs, with User and Password or Token if set.
	HTTP     *http.Client
	User     string
	Password string
	Token    string
	// Broker serves pacts too: the latest of every consumer and provider, or
	// those that Selectors name of each provider in Providers.
	Broker    *client.Client
	Selectors []client.ConsumerVersionSelector
	// Consumers and Providers narrow what the broker serves, by name or by
	// /regular expression/; empty means all.
	Consumers []string
	Providers []string
}

// ErrNoSource tells that nothing says where pacts come from.
var ErrNoSource = errors.New("no pacts are named")

// maxPact is the largest pact that is fetched, in bytes.
const maxPact = 256 << 20

// Load reads all pacts. An error names the source that cannot be read.
func (s Sources) Load(ctx context.Context) ([]*contract.Pact, error) {
	if len(s.Files)+len(s.Dirs)+len(s.URLs) == 0 && s.Broker == nil {
		return nil, ErrNoSource
	}
	var pacts []*contract.Pact
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if pacts, err = appendPact(pacts, file, text); err != nil {
			return nil, err
		}
	}
	for _, address := range s.URLs {
		text, err := s.fetch(ctx, address)
		if err != nil {
			return nil, err
		}
		if pacts, err = appendPact(pacts, address, text); err != nil {
			return nil, err
		}
	}
	if s.Broker == nil {
		return pacts, nil
	}
	return s.fromBroker(ctx, pacts)
}

func appendPact(pacts []*contract.Pact, source string, text []byte) ([]*contract.Pact, error) {
	pact, err := contract.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return append(pacts, pact), nil
}

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
		return nil, fmt.Errorf("read the address of a pact: %w", err)
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
		return nil, fmt.Errorf("fetch a pact: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch %s: the server answers %s", request.URL.Redacted(), response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxPact))
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", request.URL.Redacted(), err)
	}
	return text, nil
}

func (s Sources) http() *http.Client {
	if s.HTTP != nil {
		return s.HTTP
	}
	return http.DefaultClient
}

func (s Sources) fromBroker(ctx context.Context, pacts []*contract.Pact) ([]*contract.Pact, error) {
	addresses, err := s.brokerAddresses(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the broker for pacts: %w", err)
	}
	for _, address := range addresses {
		fetched, err := s.Broker.FetchPact(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("fetch a pact from the broker: %w", err)
		}
		pact, err := contract.Decode(fetched.Content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		consumer, err := named(s.Consumers, pact.Consumer)
		if err != nil {
			return nil, err
		}
		if consumer {
			pacts = append(pacts, pact)
		}
	}
	return pacts, nil
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

// named tells whether one of the names, or one of the /patterns/, is name.
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
