package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
)

// Change is a fact that an act made, changed or deleted. Before and After are digests of
// what it said, without its secrets: who has kept a state can tell whether it was this
// one, and nobody else learns anything.
type Change struct {
	Kind   string `json:"kind"`
	Name   string `json:"name,omitempty"`
	UUID   string `json:"uuid,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// mostChanges bounds the changes of one event: the rest is told by its subject.
const mostChanges = 20

// noting is a transaction that notes what is changed of what people set: webhooks,
// secrets, accounts, roles, tokens, trust rules, teams, environments, applications with
// labels, versions, branches and tags; and which contracts and results come in, and what
// runs where. What was there before is what the use case read to change it, which it did
// under a lock; nothing is read for the note.
type noting struct {
	kernel.Tx
	seen    map[kernel.Row]Change
	changes []Change
}

func (n *noting) text() json.RawMessage {
	if len(n.changes) == 0 {
		return nil
	}
	text, _ := json.Marshal(n.changes[:min(len(n.changes), mostChanges)]) // texts can always be written
	return text
}

// digest is that of a fact, by the JSON of what it says. A list without anything in it is
// the same as none: a database does not tell them apart, and the fact that was written has
// to be the one that is read.
func digest(says []any) string {
	says = slices.Clone(says)
	for i := range says {
		if list := reflect.ValueOf(says[i]); list.Kind() == reflect.Slice && list.Len() == 0 {
			says[i] = nil
		}
	}
	text, err := json.Marshal(says)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// see remembers a fact as it was read.
func see[T interface{ Row() kernel.Row }](n *noting, err error, describe func(T) (name, uuid string, says []any), facts ...T) {
	if err != nil {
		return
	}
	if n.seen == nil {
		n.seen = map[kernel.Row]Change{}
	}
	for _, fact := range facts {
		name, uuid, says := describe(fact)
		n.seen[fact.Row()] = Change{Kind: string(fact.Row().Kind), Name: name, UUID: uuid, Before: digest(says)}
	}
}

// wrote notes a fact that was made, or that replaces what was seen. What is written later
// in the same transaction replaces this one.
func wrote[T interface{ Row() kernel.Row }](n *noting, err error, describe func(T) (name, uuid string, says []any), fact T) {
	if err != nil {
		return
	}
	name, uuid, says := describe(fact)
	n.changes = append(n.changes, Change{Kind: string(fact.Row().Kind), Name: name, UUID: uuid, Before: n.seen[fact.Row()].Before, After: digest(says)})
	see(n, nil, describe, fact)
}

// gone notes a fact that was deleted, or that is being deleted piece by piece: the event
// is that of the first piece.
func (n *noting) gone(err error, row kernel.Row) {
	c := n.seen[row]
	c.Kind = string(row.Kind)
	if err == nil && !slices.Contains(n.changes, c) {
		n.changes = append(n.changes, c)
	}
}

func ofWebhook(w kernel.Webhook) (name, uuid string, says []any) {
	var headers []string
	for _, h := range w.Request.Headers {
		headers = append(headers, h.Name)
	}
	return w.Description, w.UUID, []any{w.Description, w.Enabled, w.Events, w.Consumer, w.Provider, w.Request.Method, redact.Bare(w.Request.URL), headers}
}

func ofSecret(s kernel.Secret) (name, uuid string, says []any) {
	return s.Name, s.UUID, []any{s.Name, s.Description, s.Team, s.Hosts, s.Sealed}
}

func ofPrincipal(p kernel.Principal) (name, uuid string, says []any) {
	says = []any{p.Name, p.Kind, p.Active, p.Roles}
	if p.Kind == kernel.KindUser { // digests of accounts stay what they were
		says = []any{p.Name, p.Kind, p.Active, p.Roles, p.Email, p.Issuer, p.Subject}
	}
	return p.Name, p.UUID, says
}

func ofRole(r kernel.AccessRole) (name, uuid string, says []any) {
	return r.Name, r.UUID, []any{r.Name, r.Description, slices.Sorted(slices.Values(r.Permissions))}
}

func ofToken(t kernel.Token) (name, uuid string, says []any) {
	return t.Name, t.UUID, []any{t.Name, t.Prefix, t.Writes, t.Permissions, t.ExpiresAt.UTC()}
}

func ofTrustRule(r kernel.TrustRule) (name, uuid string, says []any) {
	return r.Name, r.UUID, []any{r.Name, r.PrincipalID, r.Issuer, r.Audience, r.Conditions, r.Writes, r.Permissions, r.Active}
}

func (n *noting) FindWebhook(uuid string) (kernel.Webhook, error) {
	w, err := n.Tx.FindWebhook(uuid)
	see(n, err, ofWebhook, w)
	return w, err
}

func (n *noting) CreateWebhook(w kernel.Webhook) (kernel.Webhook, error) {
	out, err := n.Tx.CreateWebhook(w)
	wrote(n, err, ofWebhook, out)
	return out, err
}

func (n *noting) SaveWebhook(w kernel.Webhook) error {
	err := n.Tx.SaveWebhook(w)
	wrote(n, err, ofWebhook, w)
	return err
}

func (n *noting) DeleteWebhook(id int64) error {
	err := n.Tx.DeleteWebhook(id)
	n.gone(err, kernel.Row{Kind: kernel.RowWebhook, ID: id})
	return err
}

func (n *noting) ThinWebhook(id int64, limit int) (int, error) {
	rows, err := n.Tx.ThinWebhook(id, limit)
	n.gone(err, kernel.Row{Kind: kernel.RowWebhook, ID: id})
	return rows, err
}

func (n *noting) FindSecret(uuid string) (kernel.Secret, error) {
	s, err := n.Tx.FindSecret(uuid)
	see(n, err, ofSecret, s)
	return s, err
}

func (n *noting) CreateSecret(s kernel.Secret) (kernel.Secret, error) {
	out, err := n.Tx.CreateSecret(s)
	wrote(n, err, ofSecret, out)
	return out, err
}

func (n *noting) SaveSecret(s kernel.Secret) error {
	err := n.Tx.SaveSecret(s)
	wrote(n, err, ofSecret, s)
	return err
}

func (n *noting) DeleteSecret(id int64) error {
	err := n.Tx.DeleteSecret(id)
	n.gone(err, kernel.Row{Kind: kernel.RowSecret, ID: id})
	return err
}

func (n *noting) FindPrincipal(uuid string) (kernel.Principal, error) {
	p, err := n.Tx.FindPrincipal(uuid)
	see(n, err, ofPrincipal, p)
	return p, err
}

func (n *noting) FindPerson(issuer, subject string) (kernel.Principal, error) {
	p, err := n.Tx.FindPerson(issuer, subject)
	see(n, err, ofPrincipal, p)
	return p, err
}

func (n *noting) FindByEmail(email string) (kernel.Principal, error) {
	p, err := n.Tx.FindByEmail(email)
	see(n, err, ofPrincipal, p)
	return p, err
}

func (n *noting) CreatePrincipal(p kernel.Principal) (kernel.Principal, error) {
	out, err := n.Tx.CreatePrincipal(p)
	wrote(n, err, ofPrincipal, out)
	return out, err
}

func (n *noting) SavePrincipal(p kernel.Principal) error {
	err := n.Tx.SavePrincipal(p)
	wrote(n, err, ofPrincipal, p)
	return err
}

func (n *noting) DeletePrincipal(id int64) error {
	err := n.Tx.DeletePrincipal(id)
	n.gone(err, kernel.Row{Kind: kernel.RowPrincipal, ID: id})
	return err
}

func (n *noting) ListRoles() ([]kernel.AccessRole, error) {
	all, err := n.Tx.ListRoles()
	see(n, err, ofRole, all...)
	return all, err
}

func (n *noting) CreateRole(r kernel.AccessRole) (kernel.AccessRole, error) {
	out, err := n.Tx.CreateRole(r)
	wrote(n, err, ofRole, out)
	return out, err
}

func (n *noting) SaveRole(r kernel.AccessRole) error {
	err := n.Tx.SaveRole(r)
	wrote(n, err, ofRole, r)
	return err
}

func (n *noting) DeleteRole(id int64) error {
	err := n.Tx.DeleteRole(id)
	n.gone(err, kernel.Row{Kind: kernel.RowRole, ID: id})
	return err
}

func (n *noting) FindToken(uuid string) (kernel.Token, error) {
	t, err := n.Tx.FindToken(uuid)
	see(n, err, ofToken, t)
	return t, err
}

func (n *noting) TokensOf(principalID int64) ([]kernel.Token, error) {
	all, err := n.Tx.TokensOf(principalID)
	see(n, err, ofToken, all...)
	return all, err
}

func (n *noting) CreateToken(t kernel.Token) (kernel.Token, error) {
	out, err := n.Tx.CreateToken(t)
	wrote(n, err, ofToken, out)
	return out, err
}

func (n *noting) SaveToken(t kernel.Token) error {
	err := n.Tx.SaveToken(t)
	wrote(n, err, ofToken, t)
	return err
}

func (n *noting) DeleteToken(id int64) error {
	err := n.Tx.DeleteToken(id)
	n.gone(err, kernel.Row{Kind: kernel.RowToken, ID: id})
	return err
}

func (n *noting) AddPublication(p kernel.NewPublication) (kernel.PactPublication, error) {
	out, err := n.Tx.AddPublication(p)
	if err == nil {
		n.changes = append(n.changes, Change{Kind: "pact", Name: out.Consumer.Name + " " + out.ConsumerVersion.Number + " for " + out.Provider.Name, After: out.SHA})
	}
	return out, err
}

func (n *noting) AddVerification(v kernel.NewVerification) (kernel.Verification, error) {
	out, err := n.Tx.AddVerification(v)
	if err == nil {
		n.changes = append(n.changes, Change{Kind: "result", Name: out.ProviderVersion.Pacticipant.Name + " " + out.ProviderVersion.Number, After: digest([]any{v.SHA, v.Success, v.BuildURL})})
	}
	return out, err
}

func ofTeam(m kernel.Team) (name, uuid string, says []any) {
	var in []string // in one order, whatever the one is in which they were given
	for _, p := range m.Members {
		in = append(in, fmt.Sprint("member ", p.UUID, p.Administers))
	}
	for _, p := range m.Applications {
		in = append(in, "application "+p.Name)
	}
	for _, e := range m.Environments {
		in = append(in, "environment "+e.UUID)
	}
	slices.Sort(in)
	return m.Name, m.UUID, []any{m.Name, slices.Compact(in)}
}

func (n *noting) FindTeam(uuid string) (kernel.Team, error) {
	m, err := n.Tx.FindTeam(uuid)
	see(n, err, ofTeam, m)
	return m, err
}

func (n *noting) SaveTeam(m kernel.Team) error {
	err := n.Tx.SaveTeam(m)
	wrote(n, err, ofTeam, m)
	return err
}

func (n *noting) DeleteTeam(id int64) error {
	err := n.Tx.DeleteTeam(id)
	n.gone(err, kernel.Row{Kind: kernel.RowTeam, ID: id})
	return err
}

func (n *noting) ListTrustRules() ([]kernel.TrustRule, error) {
	all, err := n.Tx.ListTrustRules()
	see(n, err, ofTrustRule, all...)
	return all, err
}

func (n *noting) CreateTrustRule(r kernel.TrustRule) (kernel.TrustRule, error) {
	out, err := n.Tx.CreateTrustRule(r)
	wrote(n, err, ofTrustRule, out)
	return out, err
}

// SaveTrustRule notes no rule that has only got another place among the others.
func (n *noting) SaveTrustRule(r kernel.TrustRule) error {
	err := n.Tx.SaveTrustRule(r)
	if _, _, says := ofTrustRule(r); digest(says) != n.seen[r.Row()].Before {
		wrote(n, err, ofTrustRule, r)
	}
	return err
}

func (n *noting) DeleteTrustRule(id int64) error {
	err := n.Tx.DeleteTrustRule(id)
	n.gone(err, kernel.Row{Kind: kernel.RowTrustRule, ID: id})
	return err
}
