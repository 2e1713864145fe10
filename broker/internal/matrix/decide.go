package matrix

// Decide makes the decision from a resolved question and its rows, by the rules
// of the package comment.
func Decide(q Question, rows []Row) Decision {
	part := decide(q, rows)
	if len(q.Query.Show) == 0 || q.Query.Compat == Original {
		return part
	}
	q.Query.Show = nil
	whole := decide(q, rows)
	if part.Verdict == Deployable && whole.Verdict != Deployable {
		part.Verdict, part.Reasons = whole.Verdict, whole.Reasons
	}
	part.Explanations = whole.Explanations
	return part
}

// decide decides about the rows that the query wants to see.
func decide(q Question, rows []Row) Decision {
	d := decider{Question: q, selection: newSelection(q.Specified, q.Inferred)}
	rows = byActivity(rows)
	if q.Query.Compat == Original {
		rows = d.collapse(d.limitPublications(rows))
		rows = show(rows, q.Query.Show)
		rows = firstRows(rows, q.Query.Limit)
	} else {
		rows = show(d.collapse(rows), q.Query.Show)
	}
	d.split(rows)
	d.missing = d.missingIntegrations()
	d.passing = d.passingProviders()
	d.out.Warnings = d.warnings()
	d.out.Reasons = d.reasons()
	d.out.Verdict = d.verdict()
	d.out.Counts = d.counts()
	d.out.Shown = d.shown(rows)
	d.out.Explanations = d.explanations()
	d.out.Specified, d.out.Inferred = q.Specified, q.Inferred
	return d.out
}

// decider holds what the rules need.
type decider struct {
	Question
	selection selection
	missing   []Integration
	// passing are providers that may be gone again.
	passing []passing
	out     Decision
}

// split tells considered from ignored rows.
func (d *decider) split(rows []Row) {
	for _, r := range rows {
		r.Ignored = d.ignores(r.Publication.Consumer.ID, &r.Publication.ConsumerVersion) ||
			d.ignores(r.Publication.Provider.ID, r.ProviderVersion)
		if r.Ignored {
			d.out.Ignored = append(d.out.Ignored, r)
		} else {
			d.out.Considered = append(d.out.Considered, r)
		}
	}
	sortForOutput(d.out.Considered)
	sortForOutput(d.out.Ignored)
}

// missingIntegrations are required ones without any row, ignored rows included.
func (d *decider) missingIntegrations() []Integration {
	type pair struct{ consumer, provider int64 }
	has := map[pair]bool{}
	for _, list := range [][]Row{d.out.Considered, d.out.Ignored} {
		for _, r := range list {
			has[pair{r.Publication.Consumer.ID, r.Publication.Provider.ID}] = true
		}
	}
	var out []Integration
	for _, in := range d.Integrations {
		if in.Required && !has[pair{in.Consumer.ID, in.Provider.ID}] {
			out = append(out, in)
		}
	}
	return out
}

// nonexistent are the specified selectors that found nothing and count.
func (d *decider) nonexistent() []Resolved {
	var out []Resolved
	for _, s := range d.Specified {
		if s.Finding == NoVersion && !s.Ignored {
			out = append(out, s)
		}
	}
	return out
}

// verdict is rules D1 to D6, in the order in which they win.
func (d *decider) verdict() Verdict {
	var unverified, failed bool
	for _, r := range d.out.Considered {
		unverified = unverified || r.Outcome() == Unverified
		failed = failed || r.Outcome() == Failed
	}
	switch {
	case len(d.nonexistent()) > 0: // D1
		return NotDeployable
	case d.Truncated && d.Query.Compat == Strict: // D6
		return Unknown
	case unverified: // D2
		return Unknown
	case len(d.missing)+len(d.passing) > 0: // D3, G2
		return Unknown
	case failed: // D4
		return NotDeployable
	default: // D5
		return Deployable
	}
}

func (d *decider) counts() Counts {
	c := Counts{Unknown: len(d.missing) + len(d.passing), Ignored: len(d.out.Ignored)}
	for _, r := range d.out.Considered {
		switch r.Outcome() {
		case Passed:
			c.Success++
			if r.Result.doubtful() {
				d.out.Doubtful++
			}
		case Failed:
			c.Failed++
		default:
			c.Unknown++
		}
	}
	return c
}

// shown applies the limit to what is returned: it keeps the rows with the latest
// activity.
func (d *decider) shown(rows []Row) []Row {
	all := append(append([]Row{}, d.out.Considered...), d.out.Ignored...)
	if d.Query.Compat == Original {
		return all
	}
	if d.Query.Limit == 0 || len(all) <= d.Query.Limit {
		return all
	}
	keep := map[rowKey]bool{}
	for _, r := range firstRows(rows, d.Query.Limit) {
		keep[r.key()] = true
	}
	var out []Row
	for _, r := range all {
		if keep[r.key()] {
			out = append(out, r)
		}
	}
	return out
}
