package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Account is a system account of a broker that runs with accounts: a pipeline or
// another program. Only Treaty brokers and PactFlow have them.
type Account struct {
	// UUID is the broker's name for it, which stays when Name changes.
	UUID string `json:"uuid"`
	// Name is what people call it; two accounts may have the same.
	Name string `json:"name"`
	// Active is false for one whose tokens are refused.
	Active bool `json:"active"`
	// Roles say what it may do.
	Roles []Role `json:"roles"`
	// Teams whose applications, environments and webhooks it may write by its roles.
	Teams []NamedUUID `json:"teams"`
}

// UnmarshalJSON reads an account as brokers send it.
func (a *Account) UnmarshalJSON(data []byte) error {
	type plain Account
	var got struct {
		plain
		Embedded struct {
			Roles []Role      `json:"roles"`
			Teams []NamedUUID `json:"teams"`
		} `json:"_embedded"`
	}
	err := json.Unmarshal(data, &got)
	*a = Account(got.plain)
	a.Roles, a.Teams = got.Embedded.Roles, got.Embedded.Teams
	return err
}

// Role is a name for permissions.
type Role struct {
	// UUID is the same on every broker for predefined roles.
	UUID string `json:"uuid"`
	// Name is unique.
	Name string `json:"name"`
	// Description says what it is for; may be empty.
	Description string `json:"description"`
	// Permissions are what whoever has it may do.
	Permissions []Permission `json:"permissions"`
}

// Permission is a right and what it is for, such as contract_data:manage:team.
type Permission struct {
	// Scope is the whole permission, as roles name it.
	Scope string `json:"scope"`
	// Description says what it allows; the broker has it.
	Description string `json:"description,omitempty"`
}

// Team is a group of accounts with what belongs to it. A list of teams has no more than
// their names and how many are in them.
type Team struct {
	// UUID is the broker's name for it, which stays when Name changes.
	UUID string `json:"uuid"`
	// Name is unique.
	Name string `json:"name"`
	// NumberOfMembers is how many are in it.
	NumberOfMembers int `json:"numberOfMembers"`
	// Applications are the names of those that belong to it.
	Applications []string `json:"applications"`
	// Environments are those that belong to it.
	Environments []NamedUUID `json:"environments"`
	// Members are all accounts in it, Administrators those of them that may change it.
	Members        []NamedUUID `json:"members"`
	Administrators []NamedUUID `json:"administrators"`
}

// UnmarshalJSON reads a team as brokers send it.
func (t *Team) UnmarshalJSON(data []byte) error {
	type plain Team
	var got struct {
		plain
		Embedded struct {
			Pacticipants   []NamedUUID `json:"pacticipants"`
			Environments   []NamedUUID `json:"environments"`
			Members        []NamedUUID `json:"members"`
			Administrators []NamedUUID `json:"administrators"`
		} `json:"_embedded"`
	}
	err := json.Unmarshal(data, &got)
	*t = Team(got.plain)
	t.Environments, t.Members, t.Administrators = got.Embedded.Environments, got.Embedded.Members, got.Embedded.Administrators
	for _, p := range got.Embedded.Pacticipants {
		t.Applications = append(t.Applications, p.Name)
	}
	return err
}

// NamedUUID is an account, a team or an environment as others name it.
type NamedUUID struct {
	// UUID is the broker's name for it.
	UUID string `json:"uuid"`
	// Name is what people call it.
	Name string `json:"name"`
}

// TeamChange says what a team is to be. Nil leaves what there is; a list that is given
// replaces the one that there was.
type TeamChange struct {
	// Name is unique; a new team needs one.
	Name *string `json:"name,omitempty"`
	// Applications that its members may write, by name.
	Applications *[]string `json:"pacticipantNames,omitempty"`
	// Environments and Administrators are UUIDs; who administers a team is in it.
	Environments   *[]string `json:"environmentUuids,omitempty"`
	Administrators *[]string `json:"administratorUuids,omitempty"`
}

// AccountChange says what an account is to be. Nil leaves what there is.
type AccountChange struct {
	// Name is for people; a new account needs one.
	Name *string `json:"name,omitempty"`
	// Active is true for a new account.
	Active *bool `json:"active,omitempty"`
	// Roles are UUIDs; a new account has the role CI/CD.
	Roles *[]string `json:"roles,omitempty"`
}

// Holder is an account that has a right.
type Holder struct {
	// UUID is that of the account.
	UUID string `json:"uuid"`
	// Name is that of the account.
	Name string `json:"name"`
	// Because names the permissions and teams by which it has the right.
	Because string `json:"because"`
}

// accessAddress is an address of who may do what, which no link leads to: clients of
// PactFlow know them by heart.
func (c *Client) accessAddress(segments ...string) string {
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return c.base + "/admin/" + strings.Join(segments, "/")
}

func (c *Client) access(ctx context.Context, method string, body, v any, segments ...string) error {
	return c.call(ctx, request{method: method, url: c.accessAddress(segments...), body: body, once: method == http.MethodPost}, v)
}

// ListAccounts returns all accounts by name (GET /admin/users).
func (c *Client) ListAccounts(ctx context.Context) ([]Account, error) {
	var got struct {
		Users []Account `json:"users"`
	}
	return got.Users, c.access(ctx, http.MethodGet, nil, &got, "users")
}

// CreateAccount makes an account; without roles it has the role CI/CD (POST
// /admin/system-accounts).
func (c *Client) CreateAccount(ctx context.Context, in AccountChange) (out Account, err error) {
	return out, c.access(ctx, http.MethodPost, in, &out, "system-accounts")
}

// UpdateAccount changes an account (PUT /admin/users/{uuid}).
func (c *Client) UpdateAccount(ctx context.Context, uuid string, in AccountChange) (out Account, err error) {
	return out, c.access(ctx, http.MethodPut, in, &out, "users", uuid)
}

// DeleteAccount deletes an account with its tokens (DELETE /admin/users/{uuid}).
func (c *Client) DeleteAccount(ctx context.Context, uuid string) error {
	return c.access(ctx, http.MethodDelete, nil, nil, "users", uuid)
}

// ListRoles returns all roles, the predefined ones first (GET /admin/roles).
func (c *Client) ListRoles(ctx context.Context) ([]Role, error) {
	var got struct {
		Embedded struct {
			Roles []Role `json:"roles"`
		} `json:"_embedded"`
	}
	return got.Embedded.Roles, c.access(ctx, http.MethodGet, nil, &got, "roles")
}

// CreateRole makes a role of name, description and permissions (POST /admin/roles).
func (c *Client) CreateRole(ctx context.Context, in Role) (out Role, err error) {
	return out, c.access(ctx, http.MethodPost, map[string]any{"name": in.Name, "description": in.Description, "permissions": permissionsOf(in)}, &out, "roles")
}

func permissionsOf(in Role) []Permission {
	return slices.Concat([]Permission{}, in.Permissions)
}

// DeleteRole deletes a role that nobody has (DELETE /admin/roles/{uuid}).
func (c *Client) DeleteRole(ctx context.Context, uuid string) error {
	return c.access(ctx, http.MethodDelete, nil, nil, "roles", uuid)
}

// ListTeams returns all teams by name, without what they have (GET /admin/teams).
func (c *Client) ListTeams(ctx context.Context) ([]Team, error) {
	var got struct {
		Teams []Team `json:"teams"`
	}
	return got.Teams, c.access(ctx, http.MethodGet, nil, &got, "teams")
}

// FindTeam returns a team with what it has (GET /admin/teams/{uuid}).
func (c *Client) FindTeam(ctx context.Context, uuid string) (out Team, err error) {
	return out, c.access(ctx, http.MethodGet, nil, &out, "teams", uuid)
}

// FindTeamByName is FindTeam of the team with the name. Where there is none the error is
// an [ErrNotFound] that lists the names there are.
func (c *Client) FindTeamByName(ctx context.Context, name string) (Team, error) {
	all, err := c.ListTeams(ctx)
	if err != nil {
		return Team{}, err
	}
	var names []string
	for _, t := range all {
		if t.Name == name {
			return c.FindTeam(ctx, t.UUID)
		}
		names = append(names, t.Name)
	}
	return Team{}, fmt.Errorf("there is no team named %q (known: %s): %w", name, enumerate(names), ErrNotFound)
}

// CreateTeam makes a team (POST /admin/teams).
func (c *Client) CreateTeam(ctx context.Context, in TeamChange) (out Team, err error) {
	return out, c.access(ctx, http.MethodPost, in, &out, "teams")
}

// UpdateTeam changes a team (PUT /admin/teams/{uuid}).
func (c *Client) UpdateTeam(ctx context.Context, uuid string, in TeamChange) (out Team, err error) {
	return out, c.access(ctx, http.MethodPut, in, &out, "teams", uuid)
}

// DeleteTeam deletes a team; what belonged to it stays (DELETE /admin/teams/{uuid}).
func (c *Client) DeleteTeam(ctx context.Context, uuid string) error {
	return c.access(ctx, http.MethodDelete, nil, nil, "teams", uuid)
}

// AddTeamMembers lets accounts join a team, by their UUIDs (POST
// /admin/teams/{uuid}/users).
func (c *Client) AddTeamMembers(ctx context.Context, uuid string, accounts ...string) error {
	return c.access(ctx, http.MethodPost, map[string]any{"users": accounts}, nil, "teams", uuid, "users")
}

// RemoveTeamMember takes an account out of a team (DELETE
// /admin/teams/{uuid}/users/{user}).
func (c *Client) RemoveTeamMember(ctx context.Context, uuid, account string) error {
	return c.access(ctx, http.MethodDelete, nil, nil, "teams", uuid, "users", account)
}

// WhoCan returns the accounts that have a right, such as contract_data:manage, for an
// application and an environment, of which either may be empty (GET /admin/who-can).
func (c *Client) WhoCan(ctx context.Context, right, application, environment string) ([]Holder, error) {
	var got struct {
		Accounts []Holder `json:"accounts"`
	}
	pairs := []pair{{"right", right}}
	if application != "" {
		pairs = append(pairs, pair{"application", application})
	}
	if environment != "" {
		pairs = append(pairs, pair{"environment", environment})
	}
	err := c.call(ctx, request{method: http.MethodGet, url: withQuery(c.accessAddress("who-can"), pairs...)}, &got)
	return got.Accounts, err
}
