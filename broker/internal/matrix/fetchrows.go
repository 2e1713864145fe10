package matrix

// fetchRows reads what the rows are made of and joins it (rules S4 to S6).
func (a *asking) fetchRows() ([]Row, error) {
	if a.partnersUnselected() {
		return a.fetchRowsOfOne()
	}
	s := newSelection(a.Specified, a.Inferred)
	every := a.Query.LatestBy == EveryRow
	wantedPacts := PublicationQuery{
		ConsumerVersions: s.versions, Consumers: s.anyVersion, Providers: s.pacticipants,
		EveryRevision: every, Max: s.max(),
	}
	if !a.Query.Target.IsZero() && len(s.anyVersion) == 0 {
		wantedPacts = PublicationQuery{Pairs: s.pairsOf(a.Integrations), EveryRevision: every}
	}
	publications, err := a.reader.ListPublications(wantedPacts)
	if err != nil {
		return nil, err
	}
	a.truncate(len(publications), s.max())
	wanted := ResultQuery{EveryResult: every, Max: s.max()}
	for _, p := range publications {
		providers := s.providersFor(p)
		if providers.any {
			wanted.Contents = append(wanted.Contents, p.ContentID)
		}
		for _, v := range providers.versions {
			wanted.Pairs = append(wanted.Pairs, Pair{p.ContentID, v.ID})
		}
	}
	wanted.Contents = distinct(wanted.Contents)
	results, err := a.reader.ListResults(wanted)
	if err != nil {
		return nil, err
	}
	a.truncate(len(results), s.max())
	a.addIntegrations(publications, s)
	return join(publications, results, s.providersFor, a.Query.Compat), nil
}

func (a *asking) truncate(got, most int) {
	a.Truncated = a.Truncated || most > 0 && got >= most
}

// partnersUnselected says that nothing narrows the other side: one pacticipant
// was asked for, and there is no target or nobody to meet in it.
func (a *asking) partnersUnselected() bool {
	all := len(a.Specified) + len(a.Inferred)
	if a.Query.Compat == Original {
		return all == 1
	}
	if len(distinctPacticipants(a.Specified)) != 1 || a.itself || len(a.Inferred) > 0 {
		return false
	}
	return a.Query.Target.IsZero() || len(a.Integrations) == 0
}

// addIntegrations finds the integrations of a question about named versions
// alone: those with a publication of a specified consumer.
func (a *asking) addIntegrations(publications []Publication, s selection) {
	if !a.Query.Target.IsZero() || a.aboutOne() {
		return
	}
	var found []Integration
	for _, p := range publications {
		if s.specifies(p.Consumer.ID, p.ConsumerVersion.ID) {
			found = append(found, Integration{Consumer: p.Consumer, Provider: p.Provider})
		}
	}
	a.Integrations = mergeIntegrations(found, nil)
}

// fetchRowsOfOne reads all rows of one pacticipant: as consumer with or without
// a result, as provider with one.
func (a *asking) fetchRowsOfOne() ([]Row, error) {
	var out []Row
	seen := map[[2]int64]bool{}
	for _, s := range a.Specified {
		if s.Finding == NoVersion {
			continue
		}
		for _, fetch := range []func(Resolved) ([]Row, error){a.rowsAsConsumer, a.rowsAsProvider} {
			rows, err := fetch(s)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				key := [2]int64{r.Publication.ID, 0}
				if r.Result != nil {
					key[1] = r.Result.ID
				}
				if !seen[key] {
					seen[key] = true
					out = append(out, r)
				}
			}
		}
	}
	return out, nil
}

func (a *asking) rowsAsConsumer(s Resolved) ([]Row, error) {
	q := PublicationQuery{EveryRevision: a.Query.LatestBy == EveryRow, Max: MostRows}
	if s.Finding == OneVersion {
		q.ConsumerVersions = []int64{s.Found.ID}
	} else {
		q.Consumers = []int64{s.PacticipantID}
	}
	return a.rowsWithAnyResult(q, Strict)
}

// rowsAsProvider leaves out pacts without a result of the provider: an
// unverified pact says nothing about one of its versions.
func (a *asking) rowsAsProvider(s Resolved) ([]Row, error) {
	every := a.Query.LatestBy == EveryRow
	if s.Finding == AnyVersion {
		rows, err := a.rowsWithAnyResult(PublicationQuery{
			Providers: []int64{s.PacticipantID}, EveryRevision: every, Max: MostRows,
		}, Strict)
		return verifiedRows(rows), err
	}
	results, err := a.reader.ListResults(ResultQuery{
		ProviderVersions: []int64{s.Found.ID}, EveryResult: every, Max: MostRows,
	})
	if err != nil {
		return nil, err
	}
	a.truncate(len(results), MostRows)
	publications, err := a.reader.ListPublications(PublicationQuery{
		Contents: contentsOf(results), EveryRevision: every, Max: MostRows,
	})
	if err != nil {
		return nil, err
	}
	a.truncate(len(publications), MostRows)
	return verifiedRows(join(publications, results, anyProvider, Strict)), nil
}

func (a *asking) rowsWithAnyResult(q PublicationQuery, compat Compat) ([]Row, error) {
	publications, err := a.reader.ListPublications(q)
	if err != nil {
		return nil, err
	}
	a.truncate(len(publications), q.Max)
	var contents []int64
	for _, p := range publications {
		contents = append(contents, p.ContentID)
	}
	results, err := a.reader.ListResults(ResultQuery{
		Contents: distinct(contents), EveryResult: q.EveryRevision, Max: MostRows,
	})
	if err != nil {
		return nil, err
	}
	a.truncate(len(results), MostRows)
	return join(publications, results, anyProvider, compat), nil
}

func contentsOf(results []Result) []int64 {
	var ids []int64
	for _, r := range results {
		ids = append(ids, r.ContentID)
	}
	return distinct(ids)
}

func verifiedRows(rows []Row) []Row {
	var out []Row
	for _, r := range rows {
		if r.Result != nil {
			out = append(out, r)
		}
	}
	return out
}

// join makes the rows of each publication: one for each result that counts, and
// one for each selected version without (rule S5).
func join(publications []Publication, results []Result, providersFor func(Publication) providers, compat Compat) []Row {
	byContent := map[int64][]Result{}
	for _, r := range results {
		byContent[r.ContentID] = append(byContent[r.ContentID], r)
	}
	var out []Row
	for _, p := range publications {
		wanted := providersFor(p)
		if wanted.none {
			continue
		}
		out = append(out, joinOne(p, byContent[p.ContentID], wanted, compat)...)
	}
	return out
}

func joinOne(p Publication, results []Result, wanted providers, compat Compat) []Row {
	var out []Row
	proven := map[int64]bool{}
	for _, r := range results {
		if wanted.any || wanted.has(r.ProviderVersion.ID) {
			version, result := r.ProviderVersion, r
			proven[version.ID] = true
			out = append(out, Row{Publication: p, ProviderVersion: &version, Result: &result})
		}
	}
	if len(out) == 0 {
		return []Row{{Publication: p, Unproven: wanted.versions}}
	}
	if compat == Original {
		return out
	}
	for _, v := range wanted.versions {
		if !proven[v.ID] {
			out = append(out, Row{Publication: p, ProviderVersion: &v, Unproven: []Version{v}})
		}
	}
	return out
}
