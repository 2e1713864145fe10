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
		a.resolveIgnored, a.resolveSpecified, a.findIntegrations, a.inferPartners,
	} {
		if err := step(); err != nil {
			return Decision{}, err
		}
	}
	rows, err := a.fetchRows()
	if err != nil {
		return Decision{}, fmt.Errorf("fetch rows: %w", err)
	}
	return Decide(a.Question, rows), nil
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

// aboutOne says whether the question names one pacticipant only. Pact Broker
// counts resolved selectors instead, so several versions of one pacticipant
// find no row at all there, and the answer is yes.
func (a *asking) aboutOne() bool {
	if a.Query.Compat == Original {
		return len(a.Specified) == 1
	}
	return len(distinctPacticipants(a.Specified)) == 1
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
