package verifier

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// endpointFor chooses the transport: the one named by the interaction, else
// the one usual for its kind, else the provider itself.
func (s *session) endpointFor(i contract.Interaction) (endpoint, error) {
	name := i.Base().Transport
	for _, candidate := range transportNames(name, i.Kind()) {
		for _, t := range s.opts.Transports {
			if t.Protocol == candidate {
				return s.viaTransport(t), nil
			}
		}
	}
	switch {
	case s.opts.Handler != nil:
		return endpoint{provider: s.opts.Handler, inProc: true}, nil
	case s.opts.base != nil:
		return s.network(s.opts.base), nil
	case name != "":
		return endpoint{}, &untriedError{fmt.Errorf("the interaction needs the transport %q and no address is known for it; add one, for example %s:8080", name, name)}
	default:
		return endpoint{}, &untriedError{errors.New("no address of the provider is known")}
	}
}

func transportNames(name string, kind contract.Kind) []string {
	switch {
	case name != "":
		return []string{name}
	case kind == contract.KindAsyncMessage:
		return []string{"message", "async-message"}
	case kind == contract.KindSyncMessage:
		return []string{"message", "sync-message"}
	default:
		return []string{"http"}
	}
}

func (s *session) viaTransport(t Transport) endpoint {
	base := &url.URL{Scheme: t.Scheme}
	if path := strings.Trim(t.Path, "/"); path != "" {
		base.Path = "/" + path
	}
	if base.Scheme == "" {
		base.Scheme = "http"
		if t.Protocol == "https" {
			base.Scheme = "https"
		}
	}
	host := t.Host
	if host == "" && s.opts.base != nil {
		host = s.opts.base.Hostname()
	}
	base.Host = nameOr(host, localHost)
	if t.Port != 0 {
		base.Host += ":" + strconv.Itoa(int(t.Port))
	}
	return s.network(base)
}

func (s *session) network(base *url.URL) endpoint {
	return endpoint{base: base, provider: networkHandler(s.client, base), peer: s.peers.at(base)}
}
