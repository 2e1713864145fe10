package store

import (
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// mostForeseen bounds what is looked up ahead for a question: each of its names by
// each of its criteria.
const mostForeseen = 16

// foresight is what a question goes on to ask.
type foresight struct {
	// versions are those that it has selected, for it to be told what is known of
	// them.
	versions []int64
	// results are those between versions, and pacts the current ones that the
	// question has found.
	between []int64
	results map[matrix.Pair]matrix.Result
	pacts   []matrix.Publication
}

// ForeseeQuestion implements kernel.MatrixReader. All that hangs on the names of
// the question alone is read at once: what they name, the versions, their
// integrations, and what the target means for their partners.
func (t *tx) ForeseeQuestion(q matrix.Query) error {
	names := namesOf(q.Selectors, q.Ignore)
	criteria, bare := criteriaOf(q.Selectors, q.Ignore)
	if !t.ways() || len(names) == 0 || len(names)*len(criteria) > mostForeseen || len(names) > 1 && (bare || slices.ContainsFunc(criteria, findsMany)) {
		return nil
	}
	var parties []int64
	named, findNamed := t.partiesAhead(names, &parties)
	looks := []func() error{findNamed, t.environmentsAhead(placesOf(q))}
	versions := newSource("", named.args...)
	for i, by := range criteria {
		looks = append(looks, selections[by.Kind].ahead(t, named, by.Name))
		if i > 0 {
			versions.query += ` UNION ALL `
		}
		versions.query += `SELECT s.id FROM (` + selections[by.Kind].text(t, source{query: named.query, args: versions.args, atMostOne: named.atMostOne}) + `) s`
		versions.args = append(slices.Clip(versions.args), by.Name)
		if by.Kind == matrix.ByBranchHead {
			looks = append(looks, branchesByName.ahead(t, named, by.Name))
		}
		if by.Kind == matrix.ByTagHead {
			looks = append(looks, tagHeadsByName.ahead(t, named, by.Name))
		}
	}
	versions.atMostOne = named.atMostOne && len(criteria) == 1 && selectsOne(criteria[0])
	var partners source
	var wanted []matrix.Criterion
	if !q.Target.IsZero() || len(names) == 1 {
		wanted = q.Target.Selector("").Criteria()
		partners = partnersOf(named, versions, bare)
		looks = append(looks, t.partnersAhead(wanted, partners, named, versions, bare)...)
	}
	if err := t.Together(looks...); err != nil {
		return err
	}
	named.found(parties...)
	t.foresight.versions = t.selectedAhead(criteria, parties)
	versions.found(t.foresight.versions...)
	if partners.query != "" {
		met := t.partnersFound(parties, t.foresight.versions)
		partners.found(met...)
		t.foresight.versions = append(t.foresight.versions, t.selectedAhead(wanted, met)...)
	}
	return nil
}

// partnersOf are those whom the pacts of what a question names are with.
func partnersOf(named, versions source, bare bool) source {
	partners := newSource(`SELECT i.consumer_id FROM integration i WHERE i.provider_id `+named.condition(), versions.args...)
	if versions.query != "" {
		partners.query += ` UNION SELECT pc.provider_id FROM pact_current pc WHERE pc.version_id ` + versions.condition()
	}
	if bare {
		partners.query += ` UNION SELECT i.provider_id FROM integration i WHERE i.consumer_id ` + named.condition()
	}
	return partners
}

// partnersAhead are the look-ups of the integrations of what a question names, and
// of the versions that its target means for the partners.
func (t *tx) partnersAhead(wanted []matrix.Criterion, partners, named, versions source, bare bool) []func() error {
	looks := []func() error{consumersOfProviders.ahead(t, named)}
	if versions.query != "" {
		looks = append(looks, providersOfVersions.ahead(t, versions))
	}
	if bare {
		looks = append(looks, providersOfConsumers.ahead(t, named))
	}
	for _, by := range wanted {
		looks = append(looks, selections[by.Kind].ahead(t, partners, by.Name))
	}
	return looks
}

// selectedAhead are the versions that were looked up ahead by criteria.
func (t *tx) selectedAhead(criteria []matrix.Criterion, of []int64) (ids []int64) {
	for _, by := range criteria {
		found, _ := selections[by.Kind].seen(t, of, by.Name)
		for _, v := range found {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

// partnersFound are both sides of all integrations that were looked up ahead.
func (t *tx) partnersFound(named, versions []int64) (ids []int64) {
	add := func(found []foundPair, _ bool) {
		for _, p := range found {
			ids = append(ids, p.Consumer.ID, p.Provider.ID)
		}
	}
	add(consumersOfProviders.seen(t, named))
	add(providersOfVersions.seen(t, versions))
	add(providersOfConsumers.seen(t, named))
	return ids
}

// describeAhead are the look-ups of what is told of the versions that a question
// has selected, to go along with its pacts.
func (t *tx) describeAhead() []func() error {
	if len(t.foresight.versions) == 0 {
		return nil
	}
	slices.Sort(t.foresight.versions)
	versions := t.given(slices.Compact(t.foresight.versions))
	t.foresight.versions = nil
	return []func() error{
		droppedPacts.ahead(t, versions), branchesOfVersions.ahead(t, versions), tagsOfVersions.ahead(t, versions),
		livePlaces.ahead(t, versions), environmentsByID.ahead(t, t.environmentsWhereLive(versions)),
		t.resultsAhead(versions.ids),
	}
}

// resultsBetween are the results that versions have for the pacts that others of
// them have with theirs.
const resultsBetween = resultColumns + ` FROM pact_current k
	JOIN version v ON v.pacticipant_id = k.provider_id AND v.id = ANY($1::bigint[])
	JOIN verification_current c ON c.content_id = k.content_id AND c.provider_version_id = v.id
	JOIN verification r ON r.id = c.verification_id WHERE k.version_id = ANY($1::bigint[])`

// resultsAhead finds the results between versions.
func (t *tx) resultsAhead(versions []int64) func() error {
	return func() error {
		found, err := all(t, scanMatrixResult, resultsBetween, versions)
		if err != nil {
			return err
		}
		t.foresight.between = versions
		t.foresight.results = make(map[matrix.Pair]matrix.Result, len(found))
		for _, r := range found {
			t.foresight.results[matrix.Pair{Content: r.ContentID, ProviderVersion: r.ProviderVersion.ID}] = r
		}
		return nil
	}
}

// resultsSeen returns the results of pairs if all of them have been looked up
// ahead: the versions, and the pacts of such versions with what they are versions
// of.
func (t *tx) resultsSeen(pairs []matrix.Pair) ([]matrix.Result, bool) {
	if t.foresight.results == nil {
		return nil, false
	}
	versions, pacts := map[int64]bool{}, map[[2]int64]bool{}
	for _, id := range t.foresight.between {
		versions[id] = true
	}
	for _, p := range t.foresight.pacts {
		if versions[p.ConsumerVersion.ID] {
			pacts[[2]int64{p.ContentID, p.Provider.ID}] = true
		}
	}
	var out []matrix.Result
	for _, pair := range pairs {
		if !versions[pair.ProviderVersion] || !pacts[[2]int64{pair.Content, t.known.versions[pair.ProviderVersion].PacticipantID}] {
			return nil, false
		}
		if r, has := t.foresight.results[pair]; has {
			out = append(out, r)
		}
	}
	return out, true
}

func namesOf(lists ...[]matrix.Selector) (names []string) {
	for _, list := range lists {
		for _, s := range list {
			if s.Pacticipant != "" && !slices.Contains(names, s.Pacticipant) {
				names = append(names, s.Pacticipant)
			}
		}
	}
	return names
}

// criteriaOf are what versions are looked up by, and whether some selector names
// an application alone.
func criteriaOf(selectors, ignored []matrix.Selector) (criteria []matrix.Criterion, bare bool) {
	for i, s := range slices.Concat(selectors, ignored) {
		bare = bare || i < len(selectors) && s.IsBare()
		for _, by := range s.Criteria() {
			if !slices.Contains(criteria, by) {
				criteria = append(criteria, by)
			}
		}
	}
	return criteria, bare
}

// findsMany tells the criteria that select any number of versions of each
// application: for those it is not asked who was not asked about.
func findsMany(by matrix.Criterion) bool {
	return by.Kind == matrix.ByTag || by.Kind == matrix.ByBranch || by.Kind == matrix.ByMainBranch
}

// selectsOne tells the criteria that select one version of an application at most.
func selectsOne(by matrix.Criterion) bool {
	switch by.Kind {
	case matrix.ByNumber, matrix.ByTagHead, matrix.ByBranchHead, matrix.ByMainBranchHead, matrix.ByLatest:
		return true
	case matrix.ByTag, matrix.ByBranch, matrix.ByMainBranch, matrix.ByEnvironment:
	}
	return false
}

// placesOf are the environments that a question names.
func placesOf(q matrix.Query) (names []string) {
	for _, name := range append([]string{q.Target.Environment}, environmentsOfSelectors(q.Selectors)...) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func environmentsOfSelectors(selectors []matrix.Selector) (names []string) {
	for _, s := range selectors {
		names = append(names, s.Environment)
	}
	return names
}

// partyNamed and placeNamed are names of which it is known what they name, if
// anything.
type (
	partyNamed struct{ name string }
	placeNamed struct{ name string }
)

// partiesAhead finds pacticipants by name: the source of their identities, and the
// look-up, which tells them.
func (t *tx) partiesAhead(names []string, ids *[]int64) (source, func() error) {
	column, wanted := "name", slices.Clone(names)
	if t.store.options.IgnoreNameCase {
		column = "name_fold"
	}
	for i, name := range wanted {
		wanted[i] = t.nameArg(name)
	}
	where := ` WHERE ` + column + ` = ANY($1::text[])`
	from := newSource(`SELECT id FROM pacticipant`+where, wanted)
	if len(names) == 1 && !t.store.options.IgnoreNameCase {
		where = ` WHERE name = $1`
		from = newSource(`SELECT id FROM pacticipant`+where, wanted[0])
		from.atMostOne = true
	}
	return from, func() error {
		found, err := all(t, scanPacticipant, selectPacticipant+where+` ORDER BY id`, from.args...)
		if err != nil {
			return err
		}
		byName := map[string]kernel.Pacticipant{}
		for _, p := range found {
			*ids = append(*ids, p.ID)
			if _, taken := byName[t.nameArg(p.Name)]; !taken {
				byName[t.nameArg(p.Name)] = p
			}
		}
		for i, name := range names {
			t.foresaw(partyNamed{name}, byName[wanted[i]])
		}
		return nil
	}
}

// environmentsAhead finds environments by name.
func (t *tx) environmentsAhead(names []string) func() error {
	return func() error {
		if len(names) == 0 {
			return nil
		}
		found, err := all(t, scanEnvironment,
			selectEnvironment+`WHERE name = ANY($1::text[])`, names)
		if err != nil {
			return err
		}
		for _, name := range names {
			t.foresaw(placeNamed{name}, kernel.Environment{})
		}
		for _, e := range found {
			t.foresaw(placeNamed{e.Name}, e)
		}
		return nil
	}
}
