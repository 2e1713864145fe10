package matrix

import "fmt"

// MostRows is how many publications or results are read for a question that
// names no version. What goes beyond is not judged, and the answer says so.
const MostRows = 10_000

// Question is a query after its selectors are resolved: all that Decide needs
// beside the rows.
type Question struct {
	Query        Query
	Specified    []Resolved
	Inferred     []Resolved
	Ignored      []Resolved
	Integrations []Integration
	// Dropped are the pacts that selected versions no longer have. They are known
	// for a yes only.
	Dropped []Dropped
	// Provides are pacticipants that were asked for in a version that does not
	// exist, and that provide for others without being consumers themselves.
	Provides map[int64]bool
	// Proven is a version of the provider that has verified a content, where none
	// is in the target.
	Proven map[int64]Version
	// Truncated says that there are more rows than were read.
	Truncated bool
}

// Ask answers the query from what the reader knows. An error is one of the
// reader's: what is wrong with a query itself is for the caller to check.
func Ask(r Reader, q Query) (Decision, error) {
	known, err := r.FindPacticipants(namesOf(q.Selectors, q.Ignore))
	if err != nil {
		return Decision{}, fmt.Errorf("find pacticipants: %w", err)
	}
	a := asking{reader: r, known: known, Question: Question{Query: q}}
	for _, step := range []func() error{
		a.resolveIgnored, a.resolveSpecified, a.findItself, a.findIntegrations, a.inferPartners,
	} {
		if err := step(); err != nil {
			return Decision{}, err
		}
	}
	rows, err := a.fetchRows()
	if err != nil {
		return Decision{}, fmt.Errorf("fetch rows: %w", err)
	}
	decision := Decide(a.Question, rows)
	more, err := a.lookFurther(decision)
	if err != nil || !more {
		return decision, err
	}
	return Decide(a.Question, rows), nil
}

// lookFurther reads what an answer has to say beside its verdict, which depends
// on the verdict. It returns false if there is nothing.
func (a *asking) lookFurther(d Decision) (bool, error) {
	if a.Query.Compat == Original {
		return false, nil
	}
	if d.Verdict == Deployable {
		return a.findDropped()
	}
	if more, err := a.findProviders(); more || err != nil {
		return more, err
	}
	return a.findProven(d)
}

// mostProven bounds how many results are searched for a version that has
// verified a pact.
const mostProven = 500

// findProven looks for versions that have verified the pacts whose provider is
// not in the target.
func (a *asking) findProven(d Decision) (bool, error) {
	var contents []int64
	for _, r := range d.Considered {
		if r.Result == nil && len(r.Unproven) == 0 {
			contents = append(contents, r.Publication.ContentID)
		}
	}
	if len(contents) == 0 || !a.Query.Target.IsPlace() {
		return false, nil
	}
	results, err := a.reader.ListResults(ResultQuery{Contents: distinct(contents), Max: mostProven})
	if err != nil {
		return false, fmt.Errorf("list results: %w", err)
	}
	a.Proven = map[int64]Version{}
	for _, r := range results {
		best, known := a.Proven[r.ContentID]
		if r.Success && (!known || Newer(r.ProviderVersion, best) < 0) {
			a.Proven[r.ContentID] = r.ProviderVersion
		}
	}
	return len(a.Proven) > 0, nil
}

// findProviders looks whether applications without the version that was asked
// for are providers only: those have no pacts to publish.
func (a *asking) findProviders() (bool, error) {
	var absent []int64
	for _, s := range a.Specified {
		if s.Finding == NoVersion && s.PacticipantID != 0 {
			absent = append(absent, s.PacticipantID)
		}
	}
	if len(absent) == 0 {
		return false, nil
	}
	consumed, err := a.reader.ListConsumersOf(distinct(absent))
	if err != nil {
		return false, fmt.Errorf("list consumers: %w", err)
	}
	consumes, err := a.reader.ListProvidersOf(nil, distinct(absent))
	if err != nil {
		return false, fmt.Errorf("list providers: %w", err)
	}
	a.Provides = map[int64]bool{}
	for _, in := range consumed {
		a.Provides[in.Provider.ID] = true
	}
	for _, in := range consumes {
		delete(a.Provides, in.Consumer.ID)
	}
	return len(a.Provides) > 0, nil
}

// findDropped looks for pacts that are missing from a yes, with a target or
// without: a version that forgot its pacts is as doubtful beside a named one.
func (a *asking) findDropped() (bool, error) {
	versions := newSelection(a.Specified, a.Inferred).versions
	if len(versions) == 0 {
		return false, nil
	}
	dropped, err := a.reader.ListDropped(versions)
	if err != nil {
		return false, fmt.Errorf("list dropped pacts: %w", err)
	}
	a.Dropped = dropped
	return len(dropped) > 0, nil
}

func namesOf(lists ...[]Selector) []string {
	var names []string
	for _, list := range lists {
		for _, s := range list {
			names = append(names, s.Pacticipant)
		}
	}
	return names
}

// asking is a question in the making.
type asking struct {
	Question
	reader Reader
	known  map[string]Pacticipant
	// itself says that versions of one pacticipant are asked about with each
	// other, which is a question about its pacts with itself alone.
	itself bool
}

func (a *asking) resolveIgnored() (err error) {
	a.Ignored, err = a.resolveAll(a.Query.Ignore)
	if err != nil {
		return fmt.Errorf("resolve ignored: %w", err)
	}
	return nil
}

// resolveSpecified is rule S1.
func (a *asking) resolveSpecified() (err error) {
	a.Specified, err = a.resolveAll(a.Query.Selectors)
	if err != nil {
		return fmt.Errorf("resolve selectors: %w", err)
	}
	return nil
}

// findItself finds out whether one pacticipant named twice is asked about as a
// consumer of itself. One that is not has nothing to meet itself about: then all
// rows of its versions count.
func (a *asking) findItself() error {
	ids := distinctPacticipants(a.Specified)
	if len(a.Query.Selectors) < 2 || len(ids) != 1 || !a.Query.Target.IsZero() || a.Query.Compat == Original {
		return nil
	}
	if a.Query.Between {
		a.itself = true
		return nil
	}
	providers, err := a.reader.ListProvidersOf(nil, ids)
	if err != nil {
		return fmt.Errorf("list providers: %w", err)
	}
	for _, in := range providers {
		a.itself = a.itself || in.Provider.ID == ids[0]
	}
	return nil
}

// findIntegrations is rule S2. Two selectors without a target are a question
// about these two alone; their integrations follow from the rows.
func (a *asking) findIntegrations() error {
	if a.Query.Target.IsZero() && !a.aboutOne() {
		return nil
	}
	var versions, anyVersion, all []int64
	for _, s := range a.Specified {
		switch {
		case s.PacticipantID == 0:
			continue
		case s.Finding == OneVersion:
			versions = append(versions, s.Found.ID)
		case s.Finding == AnyVersion:
			anyVersion = append(anyVersion, s.PacticipantID)
		}
		all = append(all, s.PacticipantID)
	}
	required, err := a.reader.ListProvidersOf(versions, anyVersion)
	if err != nil {
		return fmt.Errorf("list providers: %w", err)
	}
	optional, err := a.reader.ListConsumersOf(distinct(all))
	if err != nil {
		return fmt.Errorf("list consumers: %w", err)
	}
	a.Integrations = mergeIntegrations(required, optional)
	return nil
}

// aboutOne reports whether the question names one pacticipant only. Pact Broker
// counts resolved selectors instead, so several versions of one pacticipant
// find no row at all there, and the answer is yes.
func (a *asking) aboutOne() bool {
	if a.Query.Compat == Original {
		return len(a.Specified) == 1
	}
	return len(distinctPacticipants(a.Specified)) == 1 && !a.itself
}

func mergeIntegrations(required, optional []Integration) []Integration {
	type pair struct{ consumer, provider int64 }
	seen := map[pair]bool{}
	var out []Integration
	for i, list := range [][]Integration{required, optional} {
		for _, in := range list {
			key := pair{in.Consumer.ID, in.Provider.ID}
			if seen[key] {
				continue
			}
			seen[key] = true
			in.Required = i == 0
			out = append(out, in)
		}
	}
	return out
}

// inferPartners is rule S3, and S6 for a pacticipant that is its own partner.
func (a *asking) inferPartners() (err error) {
	if a.Query.Target.IsZero() {
		return nil
	}
	named := map[int64]bool{}
	for _, s := range a.Specified {
		named[s.PacticipantID] = true
	}
	var partners, itself []Pacticipant
	seen := map[int64]bool{}
	for _, in := range a.Integrations {
		if in.Consumer.ID == in.Provider.ID && named[in.Consumer.ID] {
			itself = append(itself, in.Consumer)
		}
		for _, p := range []Pacticipant{in.Consumer, in.Provider} {
			if !named[p.ID] && !seen[p.ID] {
				seen[p.ID] = true
				partners = append(partners, p)
			}
		}
	}
	a.Inferred, err = a.resolveTarget(partners)
	if err != nil || a.Query.Compat == Original {
		return err
	}
	others, err := a.resolveTarget(itself)
	if err != nil {
		return err
	}
	a.Inferred = append(a.Inferred, otherVersions(others, a.Specified)...)
	return nil
}

// otherVersions keeps what is found and not asked for already. A bare name
// covers all versions.
func otherVersions(found, asked []Resolved) []Resolved {
	var out []Resolved
	for _, f := range found {
		covered := f.Finding != OneVersion
		for _, s := range asked {
			covered = covered || s.matches(f.PacticipantID, f.Found.ID)
		}
		if !covered {
			out = append(out, f)
		}
	}
	return out
}

func distinctPacticipants(resolved []Resolved) []int64 {
	var ids []int64
	for _, s := range resolved {
		ids = append(ids, s.PacticipantID)
	}
	return distinct(ids)
}

func distinct(ids []int64) []int64 {
	seen := make(map[int64]bool, len(ids))
	var out []int64
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
