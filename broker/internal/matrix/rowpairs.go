package matrix

// selection is what a question selects, by role: the versions and pacticipants
// that may stand on either side of a row.
type selection struct {
	specified resolvedList
	inferred  resolvedList
	// versions and anyVersion are the version identities, and the pacticipants
	// of which any version counts. pacticipants are all that are selected.
	versions     []int64
	anyVersion   []int64
	pacticipants []int64
}

func newSelection(specified, inferred []Resolved) selection {
	s := selection{specified: newResolvedList(specified), inferred: newResolvedList(inferred)}
	for _, list := range [][]Resolved{specified, inferred} {
		for _, r := range list {
			if r.PacticipantID == 0 {
				continue
			}
			s.pacticipants = append(s.pacticipants, r.PacticipantID)
			switch r.Finding {
			case OneVersion:
				s.versions = append(s.versions, r.Found.ID)
			case AnyVersion:
				s.anyVersion = append(s.anyVersion, r.PacticipantID)
			case NoVersion:
			}
		}
	}
	s.versions, s.anyVersion, s.pacticipants = distinct(s.versions), distinct(s.anyVersion), distinct(s.pacticipants)
	return s
}

// max caps what is read: a question that names versions is bounded by itself.
func (s selection) max() int {
	if len(s.anyVersion) > 0 {
		return MostRows
	}
	return 0
}

// specifies reports whether the question itself named the version.
func (s selection) specifies(pacticipantID, versionID int64) bool {
	for r := range s.specified.of(pacticipantID) {
		if r.matches(pacticipantID, versionID) {
			return true
		}
	}
	return false
}

// providers are the provider versions that a publication is paired with.
type providers struct {
	// none: the pair is not asked for. any: every version counts.
	none, any bool
	versions  []Version
}

func (p providers) has(versionID int64) bool {
	for _, v := range p.versions {
		if v.ID == versionID {
			return true
		}
	}
	return false
}

func anyProvider(Publication) providers { return providers{any: true} }

// names reports whether the question names the pacticipant.
func (s selection) names(pacticipantID int64) bool {
	for range s.specified.of(pacticipantID) {
		return true
	}
	return false
}

// providersFor is rule S4: a specified consumer version meets every selected
// version of its provider, an inferred one only the specified versions. By S6,
// the inferred versions of a named pacticipant meet that pacticipant alone.
func (s selection) providersFor(p Publication) providers {
	out := providers{none: true}
	itself := p.Consumer.ID == p.Provider.ID
	lists := []resolvedList{s.specified}
	if s.specifies(p.Consumer.ID, p.ConsumerVersion.ID) {
		if itself || !s.names(p.Provider.ID) {
			lists = append(lists, s.inferred)
		}
	} else if s.names(p.Consumer.ID) && !itself {
		return out
	}
	for _, list := range lists {
		for r := range list.of(p.Provider.ID) {
			out.none = false
			switch r.Finding {
			case AnyVersion:
				out.any = true
			case OneVersion:
				if !out.has(r.Found.ID) {
					out.versions = append(out.versions, r.Found)
				}
			case NoVersion:
			}
		}
	}
	return out
}

// of returns the resolved selectors of a pacticipant.
func (s selection) of(pacticipantID int64) []Resolved {
	var out []Resolved
	for _, list := range []resolvedList{s.specified, s.inferred} {
		for r := range list.of(pacticipantID) {
			out = append(out, *r)
		}
	}
	return out
}

// pairsOf are the pacts to look up where the integrations are known: each
// selected consumer version with each of its providers.
func (s selection) pairsOf(integrations []Integration) []VersionPair {
	byConsumer := map[int64][]int64{}
	for _, in := range integrations {
		byConsumer[in.Consumer.ID] = append(byConsumer[in.Consumer.ID], in.Provider.ID)
	}
	seen := map[VersionPair]bool{}
	var out []VersionPair
	for _, list := range []resolvedList{s.specified, s.inferred} {
		for _, r := range list.all {
			if r.Finding != OneVersion {
				continue
			}
			for _, provider := range byConsumer[r.PacticipantID] {
				if pair := (VersionPair{r.Found.ID, provider}); !seen[pair] {
					seen[pair] = true
					out = append(out, pair)
				}
			}
		}
	}
	return out
}
