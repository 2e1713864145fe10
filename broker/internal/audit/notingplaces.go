package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// What is noted of applications and what belongs to them, of environments, and of what
// runs where. Something that has no state but to be there, such as a tag on a version, has
// a digest of itself: after where it was made, before where it went.

func ofPacticipant(p kernel.Pacticipant) (name, uuid string, says []any) {
	return p.Name, "", []any{p.Name, p.DisplayName, p.MainBranch, p.RepositoryURL, p.RepositoryName, p.RepositoryNamespace}
}

func ofVersion(v kernel.Version) (name, uuid string, says []any) {
	return nameOf(v), "", []any{v.Pacticipant.Name, v.Number, v.BuildURL}
}

func ofBranch(b kernel.Branch) (name, uuid string, says []any) {
	return b.Pacticipant.Name + " " + b.Name, "", []any{b.Pacticipant.Name, b.Name}
}

func ofEnvironment(e kernel.Environment) (name, uuid string, says []any) {
	contacts, _ := json.Marshal(e.Contacts) // what is stored can be written
	return e.Name, e.UUID, []any{e.Name, e.DisplayName, e.Production, string(contacts)}
}

func ofDeployed(d kernel.DeployedVersion) (name, uuid string, says []any) {
	return nameOf(d.Version) + " in " + d.Environment.Name, d.UUID, []any{d.Version.Pacticipant.Name, d.Version.Number, d.Environment.UUID, d.Instance}
}

func ofRollout(r kernel.Rollout) (name, uuid string, says []any) {
	return nameOf(r.Version) + " to " + r.Environment.Name, r.UUID,
		[]any{r.Version.Pacticipant.Name, r.Version.Number, r.Environment.UUID, r.Instance, r.Share, r.State, r.Outcome}
}

func ofReleased(r kernel.ReleasedVersion) (name, uuid string, says []any) {
	return nameOf(r.Version) + " in " + r.Environment.Name, r.UUID, []any{r.Version.Pacticipant.Name, r.Version.Number, r.Environment.UUID}
}

func nameOf(v kernel.Version) string { return v.Pacticipant.Name + " " + v.Number }

// came notes what is there now and has no other state; went what is there no more.
func (n *noting) came(err error, kind, name string) {
	if err == nil {
		n.changes = append(n.changes, Change{Kind: kind, Name: name, After: digest([]any{kind, name})})
	}
}

func (n *noting) went(err error, kind, name string) {
	if err == nil {
		n.changes = append(n.changes, Change{Kind: kind, Name: name, Before: digest([]any{kind, name})})
	}
}

// ended notes the end of a record, which stays.
func ended[T interface{ Row() kernel.Row }](n *noting, err error, describe func(T) (name, uuid string, says []any), fact T) {
	if err == nil {
		name, uuid, says := describe(fact)
		n.changes = append(n.changes, Change{Kind: string(fact.Row().Kind), Name: name, UUID: uuid, Before: digest(says)})
	}
}

// ensured notes a fact that is new, and remembers one that was there.
func ensured[T interface{ Row() kernel.Row }](n *noting, created bool, err error, describe func(T) (name, uuid string, says []any), fact T) {
	if created {
		wrote(n, err, describe, fact)
	}
	see(n, err, describe, fact)
}

// seenName is what a row that was read is called.
func (n *noting) seenName(kind kernel.RowKind, id int64) string {
	return n.seen[kernel.Row{Kind: kind, ID: id}].Name
}

func (n *noting) FindPacticipant(name string) (kernel.Pacticipant, error) {
	p, err := n.Tx.FindPacticipant(name)
	see(n, err, ofPacticipant, p)
	return p, err
}

func (n *noting) FindPacticipantByID(id int64) (kernel.Pacticipant, error) {
	p, err := n.Tx.FindPacticipantByID(id)
	see(n, err, ofPacticipant, p)
	return p, err
}

func (n *noting) EnsurePacticipant(p kernel.Pacticipant) (kernel.Pacticipant, bool, error) {
	out, created, err := n.Tx.EnsurePacticipant(p)
	ensured(n, created, err, ofPacticipant, out)
	return out, created, err
}

func (n *noting) SavePacticipant(p kernel.Pacticipant) error {
	err := n.Tx.SavePacticipant(p)
	wrote(n, err, ofPacticipant, p)
	return err
}

func (n *noting) DeletePacticipant(id int64) error {
	err := n.Tx.DeletePacticipant(id)
	n.gone(err, kernel.Row{Kind: kernel.RowPacticipant, ID: id})
	return err
}

func (n *noting) EnsureLabel(pacticipantID int64, name string, at time.Time) (kernel.Label, bool, error) {
	out, created, err := n.Tx.EnsureLabel(pacticipantID, name, at)
	if created {
		n.came(err, "label", n.seenName(kernel.RowPacticipant, pacticipantID)+" "+name)
	}
	return out, created, err
}

func (n *noting) DeleteLabel(pacticipantID int64, name string) error {
	err := n.Tx.DeleteLabel(pacticipantID, name)
	n.went(err, "label", n.seenName(kernel.RowPacticipant, pacticipantID)+" "+name)
	return err
}

func (n *noting) FindVersion(pacticipantID int64, number string) (kernel.Version, error) {
	v, err := n.Tx.FindVersion(pacticipantID, number)
	see(n, err, ofVersion, v)
	return v, err
}

func (n *noting) FindVersionByID(id int64) (kernel.Version, error) {
	v, err := n.Tx.FindVersionByID(id)
	see(n, err, ofVersion, v)
	return v, err
}

func (n *noting) EnsureVersion(v kernel.Version) (kernel.Version, bool, error) {
	out, created, err := n.Tx.EnsureVersion(v)
	ensured(n, created, err, ofVersion, out)
	return out, created, err
}

func (n *noting) SaveVersion(v kernel.Version) error {
	err := n.Tx.SaveVersion(v)
	wrote(n, err, ofVersion, v)
	return err
}

func (n *noting) DeleteVersion(id int64) error {
	err := n.Tx.DeleteVersion(id)
	n.gone(err, kernel.Row{Kind: kernel.RowVersion, ID: id})
	return err
}

func (n *noting) DeleteVersions(ids []int64) error {
	err := n.Tx.DeleteVersions(ids)
	for _, id := range ids {
		n.gone(err, kernel.Row{Kind: kernel.RowVersion, ID: id})
	}
	return err
}

func (n *noting) FindBranch(pacticipantID int64, name string) (kernel.Branch, error) {
	b, err := n.Tx.FindBranch(pacticipantID, name)
	see(n, err, ofBranch, b)
	return b, err
}

func (n *noting) EnsureBranch(pacticipantID int64, name string, at time.Time) (kernel.Branch, bool, error) {
	b, created, err := n.Tx.EnsureBranch(pacticipantID, name, at)
	noted := b
	if noted.Pacticipant.Name == "" { // a new one may be known by its identity alone
		noted.Pacticipant.Name = n.seenName(kernel.RowPacticipant, pacticipantID)
	}
	ensured(n, created, err, ofBranch, noted)
	return b, created, err
}

func (n *noting) ListBranches(pacticipantID int64, search string, page kernel.Page) ([]kernel.Branch, int, error) {
	found, total, err := n.Tx.ListBranches(pacticipantID, search, page)
	see(n, err, ofBranch, found...)
	return found, total, err
}

func (n *noting) DeleteBranch(id int64) error {
	err := n.Tx.DeleteBranch(id)
	n.gone(err, kernel.Row{Kind: kernel.RowBranch, ID: id})
	return err
}

func (n *noting) ThinBranch(id int64, limit int) (int, error) {
	rows, err := n.Tx.ThinBranch(id, limit)
	n.gone(err, kernel.Row{Kind: kernel.RowBranch, ID: id})
	return rows, err
}

func (n *noting) AddToBranch(b kernel.Branch, v kernel.Version, auto bool, at time.Time) (bool, error) {
	added, err := n.Tx.AddToBranch(b, v, auto, at)
	if added {
		b.Pacticipant = v.Pacticipant // a new one may be known by its identity alone
		branch, _, _ := ofBranch(b)   // as where it is taken off
		n.came(err, "branch_version", nameOf(v)+" on "+branch)
	}
	return added, err
}

func (n *noting) RemoveFromBranch(branchID, versionID int64) error {
	err := n.Tx.RemoveFromBranch(branchID, versionID)
	n.went(err, "branch_version", n.seenName(kernel.RowVersion, versionID)+" on "+n.seenName(kernel.RowBranch, branchID))
	return err
}

func (n *noting) AddTag(v kernel.Version, name string, at time.Time) (kernel.Tag, bool, error) {
	tag, created, err := n.Tx.AddTag(v, name, at)
	if created {
		n.came(err, "tag", nameOf(v)+" "+name)
	}
	return tag, created, err
}

func (n *noting) AddTags(v kernel.Version, names []string, at time.Time) error {
	err := n.Tx.AddTags(v, names, at)
	for _, name := range names {
		n.came(err, "tag", nameOf(v)+" "+name)
	}
	return err
}

func (n *noting) RemoveTag(v kernel.Version, name string) error {
	err := n.Tx.RemoveTag(v, name)
	n.went(err, "tag", nameOf(v)+" "+name)
	return err
}

func (n *noting) RemoveTags(v kernel.Version, names []string) (int, error) {
	removed, err := n.Tx.RemoveTags(v, names)
	for _, name := range names {
		n.went(err, "tag", nameOf(v)+" "+name)
	}
	return removed, err
}

func (n *noting) FindEnvironment(uuid string) (kernel.Environment, error) {
	e, err := n.Tx.FindEnvironment(uuid)
	see(n, err, ofEnvironment, e)
	return e, err
}

func (n *noting) CreateEnvironment(e kernel.Environment) (kernel.Environment, error) {
	out, err := n.Tx.CreateEnvironment(e)
	wrote(n, err, ofEnvironment, out)
	return out, err
}

func (n *noting) SaveEnvironment(e kernel.Environment) error {
	err := n.Tx.SaveEnvironment(e)
	wrote(n, err, ofEnvironment, e)
	return err
}

func (n *noting) DeleteEnvironment(id int64) error {
	err := n.Tx.DeleteEnvironment(id)
	n.gone(err, kernel.Row{Kind: kernel.RowEnvironment, ID: id})
	return err
}

func (n *noting) ThinEnvironment(id int64, limit int) (int, error) {
	rows, err := n.Tx.ThinEnvironment(id, limit)
	n.gone(err, kernel.Row{Kind: kernel.RowEnvironment, ID: id})
	return rows, err
}

// SetEnvironmentTeams notes to which teams an environment belongs now, by their UUIDs.
func (n *noting) SetEnvironmentTeams(environmentID int64, teams []int64) error {
	err := n.Tx.SetEnvironmentTeams(environmentID, teams)
	if err == nil {
		uuids := []string{}
		for _, id := range teams {
			uuids = append(uuids, n.seen[kernel.Row{Kind: kernel.RowTeam, ID: id}].UUID)
		}
		slices.Sort(uuids)
		n.changes = append(n.changes, Change{Kind: "environment_teams", Name: n.seenName(kernel.RowEnvironment, environmentID), After: digest([]any{uuids})})
	}
	return err
}

func (n *noting) RecordDeployment(d kernel.DeployedVersion) (kernel.DeployedVersion, error) {
	out, err := n.Tx.RecordDeployment(d)
	wrote(n, err, ofDeployed, out)
	return out, err
}

func (n *noting) EndDeployment(d kernel.DeployedVersion, at time.Time, by string) error {
	err := n.Tx.EndDeployment(d, at, by)
	ended(n, err, ofDeployed, d)
	return err
}

func (n *noting) ListRollouts(f kernel.RolloutFilter) ([]kernel.Rollout, error) {
	found, err := n.Tx.ListRollouts(f)
	see(n, err, ofRollout, found...)
	return found, err
}

func (n *noting) StartRollout(r kernel.Rollout) (kernel.Rollout, error) {
	out, err := n.Tx.StartRollout(r)
	wrote(n, err, ofRollout, out)
	return out, err
}

func (n *noting) SaveRollout(r kernel.Rollout) error {
	err := n.Tx.SaveRollout(r)
	wrote(n, err, ofRollout, r)
	return err
}

func (n *noting) RecordRelease(r kernel.ReleasedVersion) (kernel.ReleasedVersion, bool, error) {
	out, created, err := n.Tx.RecordRelease(r)
	wrote(n, err, ofReleased, out)
	return out, created, err
}

func (n *noting) EndRelease(r kernel.ReleasedVersion, at time.Time) error {
	err := n.Tx.EndRelease(r, at)
	ended(n, err, ofReleased, r)
	return err
}

func (n *noting) DeletePublications(ps []kernel.PactPublication) error {
	err := n.Tx.DeletePublications(ps)
	for _, p := range ps {
		if err == nil {
			n.changes = append(n.changes, Change{Kind: "pact", Name: fmt.Sprintf("%s for %s", nameOf(p.ConsumerVersion), p.Provider.Name), Before: p.SHA})
		}
	}
	return err
}
