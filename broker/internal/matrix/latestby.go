package matrix

// collapse is rule S7. Rows come by activity, latest first.
func (d *decider) collapse(rows []Row) []Row {
	if d.Query.LatestBy != ByConsumerVersion && d.Query.LatestBy != ByIntegration {
		return rows
	}
	groups := map[groupKey][]int{}
	var order []groupKey
	for i, r := range rows {
		key := d.group(r)
		if _, seen := groups[key]; !seen {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	out := make([]Row, 0, len(order))
	for _, key := range order {
		group := groups[key]
		if key.consumerVersion == 0 && d.Query.Compat == Strict {
			group = ofNewestConsumer(rows, group)
		}
		out = append(out, survivor(rows, group))
	}
	return out
}

// ofNewestConsumer keeps of a group the rows of the newest consumer version: an
// older one says nothing about it.
func ofNewestConsumer(rows []Row, group []int) []int {
	var kept []int
	for _, i := range group {
		order := 0
		if len(kept) > 0 {
			order = Newer(rows[i].Publication.ConsumerVersion, rows[kept[0]].Publication.ConsumerVersion)
		}
		switch {
		case order < 0:
			kept = []int{i}
		case order == 0:
			kept = append(kept, i)
		}
	}
	return kept
}

// groupKey is what rows have in common that one of them stands for.
type groupKey struct {
	consumer, provider int64
	consumerVersion    int64
	row                rowKey
}

func (d *decider) group(r Row) groupKey {
	p := r.Publication
	key := groupKey{consumer: p.Consumer.ID, provider: p.Provider.ID, consumerVersion: p.ConsumerVersion.ID}
	if d.Query.Compat == Strict && d.selectsVersions(p.Provider.ID) {
		key.row = r.key()
		return key
	}
	if d.Query.LatestBy == ByIntegration &&
		(d.Query.Compat == Original || !d.selectsVersions(p.Consumer.ID)) {
		key.consumerVersion = 0
	}
	return key
}

// selectsVersions reports whether particular versions of the pacticipant are
// selected, so that each of them matters.
func (d *decider) selectsVersions(pacticipantID int64) bool {
	for _, r := range d.selection.of(pacticipantID) {
		if r.Finding == OneVersion {
			return true
		}
	}
	return false
}

// survivor is the row of the newest provider version, or the first row if that
// one has none: an unverified pact hides older results of other versions.
func survivor(rows []Row, group []int) Row {
	best := rows[group[0]]
	if best.ProviderVersion == nil {
		return best
	}
	for _, i := range group[1:] {
		r := rows[i]
		if r.ProviderVersion != nil && Newer(*r.ProviderVersion, *best.ProviderVersion) < 0 {
			best = r
		}
	}
	return best
}

// limitPublications keeps the rows of the newest publications only, which is
// how Pact Broker's limit reaches the decision.
func (d *decider) limitPublications(rows []Row) []Row {
	limit := d.Query.Limit
	if limit == 0 {
		return rows
	}
	publications := map[int64]Publication{}
	for _, r := range rows {
		publications[r.Publication.ID] = r.Publication
	}
	var out []Row
	for _, r := range rows {
		newerOnes := 0
		for _, other := range publications {
			if Newer(other.ConsumerVersion, r.Publication.ConsumerVersion) < 0 {
				newerOnes++
			}
		}
		if newerOnes < limit {
			out = append(out, r)
		}
	}
	return out
}
