package overview

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// branchesListed is how many branches of an application are listed, those that were
// added to last.
const branchesListed = 20

// ApplicationQuery asks about an application.
type ApplicationQuery struct {
	Name string
	// Branch narrows the versions to those on it; "" means all.
	Branch string
	// Page is that of the versions.
	Page kernel.Page
}

// ApplicationAnswer is what is known of an application.
type ApplicationAnswer struct {
	kernel.Pacticipant
	// Overview is about this application alone.
	Overview
	Labels []string
	// Latest is its latest version; its zero value says that it has none.
	Latest kernel.Version
	// LatestBranches are those of the latest version, in the order of adding.
	LatestBranches []kernel.BranchVersion
	// AsConsumer and AsProvider are the contracts of each pair that count: of the
	// consumer's main branch, if that has one. Each has its newest result.
	AsConsumer, AsProvider []kernel.Pact
	// Branches are those that were added to last, MoreBranches how many there are
	// besides.
	Branches     []kernel.Branch
	MoreBranches int
	// NoBranch says that there is no branch of the name that was asked for.
	NoBranch bool
	// LikeBranch are names of branches that contain what was asked for, or of the branches
	// listed, where there is none of the name.
	LikeBranch []string
	// Versions are those of the page, of all or of the branch, latest first.
	Versions kernel.Paged[kernel.VersionDetails]
	// Live is what is deployed or released now.
	Live []kernel.DeployedVersion
	// Supported is what is released now.
	Supported []kernel.ReleasedVersion
}

// LookAtApplication tells all of an application at one moment, and asks the gate
// nothing that is kept. The answer is kept while nothing changes, and nobody changes
// it. It returns CodeNotFound for an unknown application.
func (s *Service) LookAtApplication(ctx context.Context, q ApplicationQuery) (ApplicationAnswer, error) {
	return s.applications.Of(q, newStanding[ApplicationAnswer]).look(ctx, s.Store, func(memory *matrix.Memory) (ApplicationAnswer, error) {
		return s.lookAtApplication(ctx, memory, q)
	})
}

func (s *Service) lookAtApplication(ctx context.Context, memory *matrix.Memory, q ApplicationQuery) (ApplicationAnswer, error) {
	var out ApplicationAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out = ApplicationAnswer{Versions: kernel.Paged[kernel.VersionDetails]{Page: q.Page}}
		if out.Pacticipant, err = kernel.FindParty(tx, kernel.RolePacticipant, q.Name); err != nil {
			return err
		}
		return tx.Together(func() (err error) {
			out.Overview, err = overview(ctx, tx, Query{Application: out.Name, found: out.Pacticipant}, memory)
			return err
		}, func() error {
			return out.describe(tx)
		}, func() (err error) {
			out.AsConsumer, err = newestPacts(tx, kernel.PublicationFilter{ConsumerID: out.ID})
			return err
		}, func() (err error) {
			out.AsProvider, err = newestPacts(tx, kernel.PublicationFilter{ProviderID: out.ID})
			return err
		}, func() error {
			return out.addVersions(tx, q)
		})
	})
	return out, err
}

// newestPacts are the contracts of each pair that count, by name: that of the head of
// the consumer's main branch or, where that has none, the newest.
func newestPacts(tx kernel.Tx, f kernel.PublicationFilter) ([]kernel.Pact, error) {
	var newest, heads []kernel.PactPublication
	onMain := f
	f.LatestPerPair, onMain.MainBranch, onMain.HeadOnly = true, true, true
	if err := tx.Together(func() (err error) {
		newest, err = tx.ListPublications(f)
		return err
	}, func() (err error) {
		heads, err = tx.ListPublications(onMain)
		return err
	}); err != nil {
		return nil, err
	}
	main := map[[2]int64]kernel.PactPublication{}
	for _, p := range heads {
		main[[2]int64{p.Consumer.ID, p.Provider.ID}] = p
	}
	for i, p := range newest {
		if head, has := main[[2]int64{p.Consumer.ID, p.Provider.ID}]; has {
			newest[i] = head
		}
	}
	slices.SortStableFunc(newest, kernel.ByPair)
	described, err := kernel.DescribePacts(tx, newest)
	if err != nil {
		return nil, err
	}
	return described, preferMain(tx, described)
}

// describe reads what hangs on the application itself.
func (a *ApplicationAnswer) describe(tx kernel.Tx) error {
	ids := []int64{a.ID}
	return tx.Together(func() error {
		labels, err := tx.LabelsOf(ids)
		for _, l := range labels[a.ID] {
			a.Labels = append(a.Labels, l.Name)
		}
		return err
	}, func() error {
		latest, err := tx.LatestVersions(ids)
		if a.Latest = latest[a.ID]; err != nil || a.Latest.ID == 0 {
			return err
		}
		branches, err := tx.BranchesOf([]int64{a.Latest.ID})
		a.LatestBranches = branches[a.Latest.ID]
		return err
	}, func() (err error) {
		a.Live, err = tx.ListDeployedVersions(kernel.RecordFilter{PacticipantID: a.ID, Current: true})
		return err
	}, func() (err error) {
		a.Supported, err = tx.ListReleasedVersions(kernel.RecordFilter{PacticipantID: a.ID, Current: true})
		return err
	}, func() error {
		found, total, err := tx.ListBranches(a.ID, "", kernel.Page{Number: 1, Size: branchesListed})
		a.Branches, a.MoreBranches = found, total-len(found)
		return err
	})
}

// addVersions reads a page of versions with what is shown of each.
func (a *ApplicationAnswer) addVersions(tx kernel.Tx, q ApplicationQuery) error {
	filter := kernel.VersionFilter{PacticipantID: a.ID, Page: q.Page}
	if q.Branch != "" {
		branch, err := tx.FindBranch(a.ID, q.Branch)
		if a.NoBranch = kernel.IsNotFound(err); a.NoBranch {
			return a.addLikeBranches(tx, q.Branch)
		}
		if err != nil {
			return err
		}
		filter.BranchID = branch.ID
	}
	found, total, err := tx.ListVersions(filter)
	if err != nil {
		return err
	}
	branches, tags, err := kernel.BranchesAndTagsOf(tx, kernel.VersionIDs(found))
	a.Versions.Total = total
	for _, v := range found {
		a.Versions.Items = append(a.Versions.Items, kernel.VersionDetails{Version: v, Branches: branches[v.ID], Tags: tags[v.ID]})
	}
	return err
}

// addLikeBranches finds branches that may have been meant: those whose names have what
// was asked for in them and, as names are misspelt too, the latest.
func (a *ApplicationAnswer) addLikeBranches(tx kernel.Tx, asked string) error {
	for _, search := range []string{asked, ""} {
		found, _, err := tx.ListBranches(a.ID, search, kernel.Page{Number: 1, Size: branchesListed})
		if err != nil {
			return err
		}
		for _, b := range found {
			a.LikeBranch = appendOnce(a.LikeBranch, b.Name)
		}
	}
	return nil
}

// partiesOf finds an application and its partners, and the pairs that they are.
func partiesOf(tx kernel.Tx, q Query) (out told, err error) {
	one := q.found
	if one.ID == 0 {
		if one, err = kernel.FindParty(tx, kernel.RolePacticipant, q.Application); err != nil {
			return out, err
		}
	}
	var consumed, provided []matrix.Integration
	facts, ids := tx.MatrixFacts(time.Time{}), []int64{one.ID}
	if err := tx.Together(func() (err error) {
		consumed, err = facts.ListProvidersOf(nil, ids)
		return err
	}, func() (err error) {
		provided, err = facts.ListConsumersOf(ids)
		return err
	}); err != nil {
		return out, err
	}
	out.names = []string{one.Name}
	out.about = matrix.Pacticipant{ID: one.ID, Name: one.Name, MainBranch: one.MainBranch}
	out.parties = []matrix.Pacticipant{out.about}
	for _, pair := range slices.Concat(consumed, provided) {
		out.integrations = append(out.integrations, kernel.Integration{
			Consumer: kernel.Party{ID: pair.Consumer.ID, Name: pair.Consumer.Name}, Provider: kernel.Party{ID: pair.Provider.ID, Name: pair.Provider.Name},
		})
		out.parties = append(out.parties, pair.Consumer, pair.Provider)
	}
	slices.SortFunc(out.parties, func(a, b matrix.Pacticipant) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	out.parties, out.pairs = slices.Compact(out.parties), provided
	return out, nil
}
