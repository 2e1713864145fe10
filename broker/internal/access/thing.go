package access

import (
	"fmt"
	"slices"
	"strings"
)

// Kind says what sort of thing a request is about.
type Kind string

// The kinds of things that can belong to teams.
const (
	KindApplication Kind = "application"
	KindEnvironment Kind = "environment"
	KindWebhook     Kind = "webhook"
	KindTeam        Kind = "team"
	KindSecret      Kind = "secret"
)

// Thing is what a request is about. A request that names none is about everything of
// its sort.
type Thing struct {
	Kind Kind
	// ID is what the thing is known by: the name of an application, the UUID of an
	// environment or a team. Webhooks and secrets are known by their team alone.
	ID string
	// Name is for people; empty where the ID is one.
	Name string
	// Team is the UUID of the team of a webhook or a secret, empty for one that has
	// none; of an environment one of the teams that it belongs to, where it is known by
	// that.
	Team string
	// Own says that whoever asks has made it.
	Own bool
}

// Application is one by its name.
func Application(name string) Thing { return Thing{Kind: KindApplication, ID: name} }

// Environment is one by its UUID.
func Environment(uuid string) Thing { return Thing{Kind: KindEnvironment, ID: uuid} }

// EnvironmentOf is an environment by its name and one of the teams that it belongs to,
// empty for none.
func EnvironmentOf(name, team string) Thing {
	return Thing{Kind: KindEnvironment, Name: name, Team: team}
}

// Webhook is one of a team, or of none.
func Webhook(team string) Thing { return Thing{Kind: KindWebhook, Team: team} }

// Secret is one of a team, or of none.
func Secret(team string) Thing { return Thing{Kind: KindSecret, Team: team} }

// OneTeam is a team itself.
func OneTeam(uuid string) Thing { return Thing{Kind: KindTeam, ID: uuid} }

// String says which it is, for people.
func (t Thing) String() string {
	switch {
	case t.Name != "":
		return fmt.Sprintf("the %s %s", t.Kind, t.Name)
	case t.byTeam() && t.Team == "":
		return fmt.Sprintf("a %s without a team", t.Kind)
	case t.byTeam():
		return fmt.Sprintf("a %s of the team %s", t.Kind, t.Team)
	}
	return fmt.Sprintf("the %s %s", t.Kind, t.ID)
}

// byTeam reports whether the thing is known by its team alone.
func (t Thing) byTeam() bool { return t.Kind == KindWebhook || t.Kind == KindSecret }

// Team is a team that somebody is a member of, with what belongs to it.
type Team struct {
	UUID, Name string
	// Administers says that they may change who is in it and what belongs to it.
	Administers bool
	// Applications are names, Environments UUIDs; both are sorted.
	Applications, Environments []string
}

// has reports whether a thing belongs to the team.
func (m Team) has(t Thing) bool {
	switch t.Kind {
	case KindApplication:
		_, found := slices.BinarySearch(m.Applications, t.ID)
		return found
	case KindEnvironment:
		if t.Team != "" {
			return t.Team == m.UUID
		}
		_, found := slices.BinarySearch(m.Environments, t.ID)
		return found
	case KindWebhook, KindSecret:
		return t.Team == m.UUID
	case KindTeam: // who is in a team may not change it for that
	}
	return false
}

// reaches reports whether a permission that gives the right is for a thing. Where an
// environment belongs to no team, all who may record do so there; to change it is for
// whoever may change all.
func (w Who) reaches(p Permission, t Thing) bool {
	switch p.Scope {
	case Everything:
		return true
	case Own:
		return t.Own
	case OfTeams:
		return slices.ContainsFunc(w.Teams, func(m Team) bool { return m.has(t) }) || p.Right == Record && t.Kind == KindEnvironment && !slices.Contains(w.Guarded, t.ID)
	}
	return false
}

// membership says which teams somebody is in, for people.
func (w Who) membership() string {
	var names []string
	for _, m := range w.Teams {
		names = append(names, m.Name)
	}
	if names == nil {
		return "is in no team"
	}
	return "is in " + strings.Join(names, ", ")
}

// Because says by what somebody has a right for things: the first permission that
// reaches each, with the team that it is by.
func (w Who) Because(need Right, on ...Thing) string {
	var reasons []string
	add := func(reason string) {
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	for _, t := range on {
		for _, p := range w.Permissions {
			if !p.covers(need) || !w.reaches(p, t) {
				continue
			}
			reason := p.String()
			if at := slices.IndexFunc(w.Teams, func(m Team) bool { return m.has(t) }); p.Scope == OfTeams && at >= 0 {
				reason += " in " + w.Teams[at].Name
			}
			add(reason)
			break
		}
	}
	if len(on) == 0 {
		for _, p := range w.Permissions {
			if p.covers(need) && p.Scope == Everything {
				add(p.String())
			}
		}
	}
	return strings.Join(reasons, ", ")
}

// RightNamed reads a right as it is written: "contract_data:manage". One that no
// permission has is an error that lists those that there are.
func RightNamed(text string) (Right, error) {
	var names []string
	for _, p := range All() {
		if p.Right.String() == text {
			return p.Right, nil
		}
		if !slices.Contains(names, p.Right.String()) {
			names = append(names, p.Right.String())
		}
	}
	return Right{}, fmt.Errorf("there is no right %q: the rights are %s", text, strings.Join(names, ", "))
}
