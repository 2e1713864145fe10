package matrix

import (
	"fmt"
	"sort"
)

func (a *asking) resolveAll(selectors []Selector) ([]Resolved, error) {
	var out []Resolved
	for _, s := range selectors {
		resolved, err := a.resolve(s, a.known[s.Pacticipant])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Pacticipant, err)
		}
		out = append(out, resolved...)
	}
	return out, nil
}

func (a *asking) resolve(s Selector, p Pacticipant) ([]Resolved, error) {
	if p.ID == 0 {
		p.Name = s.Pacticipant
	}
	if s.IsBare() || p.ID == 0 {
		return a.spread(s, p, nil), nil
	}
	versions, err := a.selectVersions([]int64{p.ID}, s)
	if err != nil {
		return nil, err
	}
	return a.spread(s, p, versions), nil
}

// resolveTarget selects the versions of all partners that the target means, in
// one look-up for each attribute of the target.
func (a *asking) resolveTarget(partners []Pacticipant) ([]Resolved, error) {
	if len(partners) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(partners))
	for i, p := range partners {
		ids[i] = p.ID
	}
	versions, err := a.selectVersions(ids, a.Query.Target.Selector(""))
	if err != nil {
		return nil, fmt.Errorf("resolve target: %w", err)
	}
	byPacticipant := map[int64][]Version{}
	for _, v := range versions {
		byPacticipant[v.PacticipantID] = append(byPacticipant[v.PacticipantID], v)
	}
	var out []Resolved
	for _, p := range partners {
		out = append(out, a.spread(a.Query.Target.Selector(p.Name), p, byPacticipant[p.ID])...)
	}
	return out, nil
}

// spread makes one resolved selector for each version, or one that found none.
func (a *asking) spread(s Selector, p Pacticipant, versions []Version) []Resolved {
	base := Resolved{Selector: s, Name: p.Name, PacticipantID: p.ID, MainBranchName: p.MainBranch}
	switch {
	case len(versions) > 0:
		out := make([]Resolved, len(versions))
		for i, v := range versions {
			out[i] = base
			out[i].Finding, out[i].Found, out[i].OneOfMany = OneVersion, v, len(versions) > 1
			out[i].Ignored = a.ignores(p.ID, &v)
		}
		return out
	case s.IsBare() && p.ID != 0:
		base.Finding = AnyVersion
	default:
		base.Finding = NoVersion
	}
	base.Ignored = a.ignores(p.ID, nil)
	return []Resolved{base}
}

// ignores reports whether an ignore selector names the pacticipant, with this
// version or with none.
func (q Question) ignores(pacticipantID int64, v *Version) bool {
	for _, i := range q.Ignored {
		if i.PacticipantID == 0 || i.PacticipantID != pacticipantID {
			continue
		}
		if i.Finding == AnyVersion || i.Finding == OneVersion && v != nil && v.ID == i.Found.ID {
			return true
		}
	}
	return false
}

func (a *asking) selectVersions(pacticipants []int64, s Selector) ([]Version, error) {
	return SelectVersions(a.reader, pacticipants, s)
}

// SelectVersions looks up the criteria of the selector and keeps what all of
// them select, the oldest first. Latest comes last.
func SelectVersions(r Reader, pacticipants []int64, s Selector) ([]Version, error) {
	var kept map[int64]Version
	for _, by := range s.Criteria() {
		found, err := r.ListSelectedVersions(pacticipants, by)
		if err != nil {
			return nil, err
		}
		kept = intersect(kept, found)
	}
	out := make([]Version, 0, len(kept))
	for _, v := range kept {
		out = append(out, v)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Order != out[j].Order {
			return out[i].Order < out[j].Order
		}
		return out[i].ID < out[j].ID
	})
	if s.Latest {
		out = newestOfEach(out)
	}
	return out, nil
}

// Criteria lists what has to be looked up for a selector. A head is looked up
// as such only where nothing else narrows it, but a branch with latest always
// means its head.
func (s Selector) Criteria() []Criterion {
	alone := s.Latest
	for _, other := range []bool{s.Version != "", s.Environment != "", s.Branch != "" && s.Tag != "", s.MainBranch && s.Tag != ""} {
		alone = alone && !other
	}
	var out []Criterion
	add := func(given bool, kind CriterionKind, name string) {
		if given {
			out = append(out, Criterion{Kind: kind, Name: name})
		}
	}
	add(s.Version != "", ByNumber, s.Version)
	add(s.Tag != "" && !alone, ByTag, s.Tag)
	add(s.Tag != "" && alone, ByTagHead, s.Tag)
	add(s.Branch != "" && !s.Latest, ByBranch, s.Branch)
	add(s.Branch != "" && s.Latest, ByBranchHead, s.Branch)
	add(s.MainBranch && !s.Latest, ByMainBranch, "")
	add(s.MainBranch && s.Latest, ByMainBranchHead, "")
	add(s.Environment != "", ByEnvironment, s.Environment)
	add(len(out) == 0 && s.Latest, ByLatest, "")
	return out
}

// intersect keeps the versions found that are kept so far; nil keeps all.
func intersect(kept map[int64]Version, found []Version) map[int64]Version {
	out := make(map[int64]Version, len(found))
	for _, v := range found {
		if _, both := kept[v.ID]; both || kept == nil {
			out[v.ID] = v
		}
	}
	return out
}

// newestOfEach keeps the last version of each pacticipant.
func newestOfEach(ascending []Version) []Version {
	last := map[int64]int{}
	for i, v := range ascending {
		last[v.PacticipantID] = i
	}
	var out []Version
	for i, v := range ascending {
		if last[v.PacticipantID] == i {
			out = append(out, v)
		}
	}
	return out
}
