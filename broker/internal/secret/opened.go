package secret

import (
	"errors"
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
)

// Opened are the secrets of one request, for the moment in which it is sent. It prints
// as stars.
type Opened struct {
	// Problem says why there is nothing to send; nil if all could be opened.
	Problem error
	values  map[string]string
	hosts   map[string][]string
}

// String keeps values out of logs.
func (o Opened) String() string { return redact.Stars }

// GoString is String.
func (o Opened) GoString() string { return redact.Stars }

// Format prints stars for every verb of package fmt.
func (o Opened) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redact.Stars)) }

// Values are the values by name. They are for a request and for nothing else.
func (o Opened) Values() map[string]string { return o.values }

// Open opens the secrets that a request names. That one is unknown or cannot be opened
// is no error of this function, but the Problem of what it returns: nothing is sent.
//
// A webhook of a team may use the secrets of that team, and one without a team those
// without: whoever may write a team's webhooks has no other secrets to send.
func (s *Service) Open(tx kernel.Tx, team string, r kernel.WebhookRequest) (Opened, error) {
	names := Names(r)
	if len(names) == 0 {
		return Opened{}, nil
	}
	found, err := tx.SecretsNamed(team, names)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{values: map[string]string{}, hosts: map[string][]string{}}
	for _, one := range found {
		value, err := s.Keys.open(one)
		if err != nil {
			return Opened{Problem: err}, nil //nolint:nilerr // it is what becomes of the delivery
		}
		out.values[one.Name], out.hosts[one.Name] = value, one.Hosts
	}
	for _, name := range names {
		if _, known := out.values[name]; !known {
			return Opened{Problem: fmt.Errorf("there is no secret %s", name)}, nil
		}
	}
	return out, nil
}

// MayGo returns why one of the secrets may not be sent to a host; nil if all may. It
// is asked for the host of the address, and for the one that the header Host names.
func (o Opened) MayGo(host string) error {
	for name, hosts := range o.hosts {
		if len(hosts) > 0 && !(kernel.WebhookRules{Hosts: hosts}).AllowsHost(strings.ToLower(host)) {
			return fmt.Errorf("the secret %s is not for the host %s, but for %s", name, host, strings.Join(hosts, ", "))
		}
	}
	return nil
}

// ErrElsewhere says that a secret stands where it would decide whom a request goes to.
var ErrElsewhere = errors.New("a secret stands in the scheme, host or port of the address, where none may stand")
