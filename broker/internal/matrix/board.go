package matrix

import (
	"fmt"
	"slices"
)

// Board answers many questions about the versions that matter now: the head of
// each application, and what is in each environment. All facts are read at once,
// in a number of look-ups that depends on how many environments there are and on
// nothing else. Its answers are those of Ask on the same facts.
//
// It knows the heads and the live versions only: a question that names another
// version finds none.
type Board struct {
	applications map[string]Pacticipant
	names        []string
	heads        map[int64]Version
	onMain       map[int64]bool // of which applications the head is that of the main branch
	live         map[string]map[int64][]Version
	versions     map[int64]Version
	byNumber     map[int64]map[string]Version

	consumersOf map[int64][]Integration
	pacts       map[int64][]Publication // by consumer version
	results     map[Pair]Result
	dropped     map[int64][]Dropped
	// about is the one application that questions are about; 0 if it may be any.
	about int64
}

// ReadBoard reads the facts of the applications, and of the environments by
// name. All partners of an application that questions will be about must be
// among the applications. A version that is given stands for the head of its
// application.
func ReadBoard(r Reader, applications []Pacticipant, environments []string, heads ...Version) (*Board, error) {
	return readBoard(r, 0, applications, environments, heads)
}

// ReadBoardAbout is ReadBoard for who asks about one of the applications alone. What its
// partners have with others is not read, which is most of what there is about an
// application that all use.
func ReadBoardAbout(r Reader, about Pacticipant, partners []Pacticipant, environments []string, heads ...Version) (*Board, error) {
	return readBoard(r, about.ID, partners, environments, heads)
}

func readBoard(r Reader, about int64, applications []Pacticipant, environments []string, heads []Version) (*Board, error) {
	b := &Board{
		about:        about,
		applications: map[string]Pacticipant{}, heads: map[int64]Version{}, onMain: map[int64]bool{}, live: map[string]map[int64][]Version{},
		versions: map[int64]Version{}, byNumber: map[int64]map[string]Version{}, consumersOf: map[int64][]Integration{},
		pacts: map[int64][]Publication{}, results: map[Pair]Result{}, dropped: map[int64][]Dropped{},
	}
	ids := make([]int64, len(applications))
	for i, p := range applications {
		ids[i] = p.ID
		b.applications[p.Name] = p
		b.names = append(b.names, p.Name)
	}
	if err := r.Together(
		func() error { return b.readHeads(r, ids, heads) }, func() error { return b.readLive(r, ids, environments) }, func() error { return b.readIntegrations(r, ids) },
	); err != nil {
		return nil, err
	}
	if err := b.readPacts(r); err != nil {
		return nil, err
	}
	return b, b.readResults(r)
}

// readHeads reads the head of each main branch or, without one, the latest
// version. Those that are given take their places.
func (b *Board) readHeads(r Reader, ids []int64, given []Version) error {
	var heads, latest []Version
	if err := r.Together(func() (err error) {
		if heads, err = r.ListSelectedVersions(ids, Criterion{Kind: ByMainBranchHead}); err != nil {
			return fmt.Errorf("list heads: %w", err)
		}
		return nil
	}, func() (err error) {
		// Those that have a head are known where look-ups go in order.
		if latest, err = r.ListSelectedVersions(without(ids, heads), Criterion{Kind: ByLatest}); err != nil {
			return fmt.Errorf("list latest versions: %w", err)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, v := range heads {
		b.onMain[v.PacticipantID] = true
	}
	for _, v := range slices.Concat(latest, heads, given) {
		b.heads[v.PacticipantID] = v
	}
	for _, v := range b.heads {
		b.know(v)
	}
	return nil
}

// without leaves out the pacticipants of versions.
func without(ids []int64, of []Version) []int64 {
	has := map[int64]bool{}
	for _, v := range of {
		has[v.PacticipantID] = true
	}
	var out []int64
	for _, id := range ids {
		if !has[id] {
			out = append(out, id)
		}
	}
	return out
}

func (b *Board) readLive(r Reader, ids []int64, environments []string) error {
	var looks []func() error
	for _, name := range environments {
		b.live[name] = map[int64][]Version{}
		looks = append(looks, func() error {
			there, err := r.ListSelectedVersions(ids, Criterion{Kind: ByEnvironment, Name: name})
			if err != nil {
				return fmt.Errorf("list what is in %s: %w", name, err)
			}
			for _, v := range there {
				b.live[name][v.PacticipantID] = append(b.live[name][v.PacticipantID], v)
				b.know(v)
			}
			return nil
		})
	}
	return r.Together(looks...)
}

func (b *Board) know(v Version) {
	v.Candidate = false // that is so of one environment
	b.versions[v.ID] = v
	if b.byNumber[v.PacticipantID] == nil {
		b.byNumber[v.PacticipantID] = map[string]Version{}
	}
	b.byNumber[v.PacticipantID][v.Number] = v
}

func (b *Board) readIntegrations(r Reader, ids []int64) error {
	all, err := r.ListConsumersOf(ids)
	if err != nil {
		return fmt.Errorf("list integrations: %w", err)
	}
	for _, in := range all {
		b.consumersOf[in.Provider.ID] = append(b.consumersOf[in.Provider.ID], in)
	}
	return nil
}

func (b *Board) readPacts(r Reader) error {
	ids := make([]int64, 0, len(b.versions))
	var own, others []int64
	for id, v := range b.versions {
		ids = append(ids, id)
		if b.about == 0 || b.about == v.PacticipantID {
			own = append(own, id)
		} else {
			others = append(others, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	add := func(q PublicationQuery) error {
		if len(q.ConsumerVersions) == 0 {
			return nil
		}
		pacts, err := r.ListPublications(q)
		if err != nil {
			return fmt.Errorf("list pacts: %w", err)
		}
		for _, p := range pacts {
			b.pacts[p.ConsumerVersion.ID] = append(b.pacts[p.ConsumerVersion.ID], p)
		}
		return nil
	}
	return r.Together(func() error {
		return add(PublicationQuery{ConsumerVersions: own})
	}, func() error {
		return add(PublicationQuery{ConsumerVersions: others, Providers: []int64{b.about}})
	}, func() error {
		dropped, err := r.ListDropped(ids)
		if err != nil {
			return fmt.Errorf("list dropped pacts: %w", err)
		}
		for _, d := range dropped {
			b.dropped[d.ConsumerVersion] = append(b.dropped[d.ConsumerVersion], d)
		}
		return nil
	})
}

// readResults reads the results of the pairs that could meet: each pact with the
// live versions of its provider and with the provider's head.
func (b *Board) readResults(r Reader) error {
	var wanted []Pair
	seen := map[Pair]bool{}
	for _, pacts := range b.pacts {
		for _, p := range pacts {
			for _, v := range b.couldMeet(p) {
				if pair := (Pair{p.ContentID, v}); !seen[pair] {
					seen[pair] = true
					wanted = append(wanted, pair)
				}
			}
		}
	}
	results, err := r.ListResults(ResultQuery{Pairs: wanted})
	if err != nil {
		return fmt.Errorf("list results: %w", err)
	}
	for _, result := range results {
		b.results[Pair{result.ContentID, result.ProviderVersion.ID}] = result
	}
	return nil
}

func (b *Board) couldMeet(p Publication) []int64 {
	var ids []int64
	if head, known := b.heads[p.Provider.ID]; known {
		ids = append(ids, head.ID)
	}
	if b.about == p.Provider.ID && b.about != p.Consumer.ID {
		return ids // what is there already is not asked about
	}
	for _, there := range b.live {
		for _, v := range there[p.Provider.ID] {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

// Head is the newest version of the main branch of an application or, if it has
// none, its latest version; false if it has no version.
func (b *Board) Head(name string) (Version, bool) {
	v, known := b.heads[b.applications[name].ID]
	return v, known
}

// OnMain reports whether the head of an application is that of its main branch: it is
// the latest version where no version of the main branch is known.
func (b *Board) OnMain(name string) bool { return b.onMain[b.applications[name].ID] }

// Version is a head, or a version in an environment, by its number.
func (b *Board) Version(name, number string) (Version, bool) {
	v, known := b.byNumber[b.applications[name].ID][number]
	return v, known
}

// Pact is the pact of the head of a consumer with a provider; false if it has
// none.
func (b *Board) Pact(consumer, provider string) (Publication, bool) {
	for _, p := range b.pacts[b.heads[b.applications[consumer].ID].ID] {
		if p.Provider.Name == provider {
			return p, true
		}
	}
	return Publication{}, false
}

// Deploy answers whether the head of an application may go to an environment.
func (b *Board) Deploy(name, environment string) (Decision, error) {
	return b.DeployVersion(name, b.heads[b.applications[name].ID].Number, environment)
}

// DeployVersion is Deploy for a version that is in one of the environments.
func (b *Board) DeployVersion(name, number, environment string) (Decision, error) {
	if b.about != 0 && b.about != b.applications[name].ID {
		return Decision{}, fmt.Errorf("the board is not about %q", name)
	}
	return Ask(boardReader{b}, Query{
		Selectors: []Selector{{Pacticipant: name, Version: number}},
		Target:    Target{Environment: environment}, LatestBy: ByVersions,
	})
}

// Together answers whether all that is in an environment fits.
func (b *Board) Together(environment string) (Decision, error) {
	if b.about != 0 {
		return Decision{}, fmt.Errorf("the board is about one application, not about all of %q", environment)
	}
	q := Query{Target: Target{Environment: environment}, LatestBy: ByVersions}
	for _, name := range b.names {
		for _, v := range b.live[environment][b.applications[name].ID] {
			q.Selectors = append(q.Selectors, Selector{Pacticipant: name, Version: v.Number})
		}
	}
	if len(q.Selectors) == 0 {
		return Decision{Verdict: Deployable}, nil
	}
	return Ask(boardReader{b}, q)
}
