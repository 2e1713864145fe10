package overview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// namesOffered is how many names of applications the question offers.
const namesOffered = 200

// MatrixQuery asks for rows of the matrix: those of a pair, of a consumer with all
// its providers, or of a provider with all its consumers.
type MatrixQuery struct {
	// Consumer and Provider select versions on both sides. A side without a name
	// stands for all partners of the other; without both nothing is asked.
	Consumer, Provider matrix.Selector
	// Unsorted says that nobody knows which of the two is the consumer.
	Unsorted bool
	// Show restricts the rows of the page, and nothing else.
	Show []matrix.Outcome
	// Every asks for every result and every revision, not the newest ones.
	Every bool
	Page  kernel.Page
}

// isAsked reports whether there is a question.
func (q MatrixQuery) isAsked() bool {
	return q.Consumer.Pacticipant != "" || q.Provider.Pacticipant != ""
}

// MatrixAnswer is a page of the matrix with what is true of all its rows.
type MatrixAnswer struct {
	// MatrixQuery is the question, with both sides in their places.
	MatrixQuery
	// Wrong says what a side asks for that there is not; then there are no rows.
	Wrong MatrixWrong
	// Names and Environments can be asked about.
	Names        []string
	Environments []kernel.Environment
	// Counts are over all rows, Total counts those to show.
	Counts matrix.Counts
	Total  int
	Rows   []MatrixRow
	// Pairs tell how each pair stands, in the order of their names.
	Pairs []PairHistory
	// Truncated says that not all contracts were read, ResultsCut that not all
	// results were: then a row without one says nothing.
	Truncated, ResultsCut bool
	// OtherWay says that there are rows with consumer and provider the other way
	// round, which are not among these.
	OtherWay bool
	// Integrations are what can be asked about where nothing is asked.
	Integrations      []kernel.Integration
	TotalIntegrations int
}

// MatrixWrong says of each side what is wrong with its name, or with the versions
// that it selects; "" is nothing.
type MatrixWrong struct{ Consumer, Provider, ConsumerVersions, ProviderVersions string }

// MatrixRow is a row with the build of its result.
type MatrixRow struct {
	gate.MatrixRow
	BuildURL string
}

// LookAtMatrix answers with one page of rows, and with what all rows say, all at
// one moment. The rows are those that the gate's matrix has for the same versions,
// but a page costs what its facts cost: rows that are not on it are counted, and
// never made.
func (s *Service) LookAtMatrix(ctx context.Context, q MatrixQuery) (MatrixAnswer, error) {
	var out MatrixAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = MatrixAnswer{MatrixQuery: q}
		look := matrixLook{MatrixAnswer: &out, tx: tx, reader: tx.MatrixFacts(time.Time{})}
		if err := look.choices(); err != nil || !q.isAsked() || out.Wrong != (MatrixWrong{}) {
			return err
		}
		for _, step := range []func() error{look.direct, look.selectVersions} {
			if err := step(); err != nil || out.Wrong != (MatrixWrong{}) {
				return err
			}
		}
		rows, err := look.read()
		if err != nil {
			return err
		}
		out.Counts, out.Pairs, out.Total = rows.counts(), rows.histories(), rows.total(q.Show)
		return look.describe(rows.page(q.Show, q.Page))
	})
	return out, err
}

// matrixLook is an answer in the making.
type matrixLook struct {
	*MatrixAnswer
	tx     kernel.Tx
	reader matrix.Reader
	// consumer and provider are the applications named, zero for all partners.
	consumer, provider matrix.Pacticipant
	// partners are those of the side without a name.
	partners []int64
	// consumers and providers are the versions selected; nil are all.
	consumers, providers []matrix.Version
}

// choices reads what can be asked about, and who is asked about.
func (m *matrixLook) choices() error {
	err := m.tx.Together(func() error {
		found, _, err := m.tx.ListPacticipants(kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: namesOffered}})
		for _, p := range found {
			m.Names = append(m.Names, p.Name)
		}
		return err
	}, func() (err error) {
		m.Environments, err = listEnvironments(m.tx)
		return err
	}, func() (err error) {
		if !m.isAsked() {
			m.Integrations, m.TotalIntegrations, err = m.tx.ListIntegrations(kernel.IntegrationQuery{Page: m.Page})
		}
		return err
	}, func() (err error) {
		if name := m.Consumer.Pacticipant; name != "" {
			m.consumer, err = m.find(name, &m.Wrong.Consumer)
		}
		return err
	}, func() (err error) {
		if name := m.Provider.Pacticipant; name != "" {
			m.provider, err = m.find(name, &m.Wrong.Provider)
		}
		return err
	})
	for _, side := range []struct {
		name  string
		wrong *string
	}{{m.Consumer.Pacticipant, &m.Wrong.Consumer}, {m.Provider.Pacticipant, &m.Wrong.Provider}} {
		if err == nil && *side.wrong != "" {
			var near string
			near, err = kernel.NearPacticipants(m.tx, side.name)
			*side.wrong += near
		}
	}
	return err
}

func (m *matrixLook) find(name string, wrong *string) (matrix.Pacticipant, error) {
	p, err := m.tx.FindPacticipant(name)
	if kernel.IsNotFound(err) {
		*wrong = fmt.Sprintf("There is no application named %q.", name)
		return matrix.Pacticipant{}, nil
	}
	return matrix.Pacticipant{ID: p.ID, Name: p.Name, MainBranch: p.MainBranch}, err
}

// direct finds the partners of a side without a name, puts the sides into their
// places, and finds out whether there is more the other way round.
func (m *matrixLook) direct() error {
	consumes, provides, err := m.around(m.consumer.ID, m.provider.ID)
	if err != nil {
		return err
	}
	if m.Unsorted && len(consumes) == 0 && len(provides) > 0 {
		m.Consumer, m.Provider = m.Provider, m.Consumer
		m.consumer, m.provider = m.provider, m.consumer
		consumes, provides = provides, consumes
	}
	m.Unsorted = false
	m.partners, m.OtherWay = consumes, len(provides) > 0 && m.consumer.ID != m.provider.ID
	return nil
}

// around returns the partners of the named side: those in the direction that is
// asked for, and those the other way round.
func (m *matrixLook) around(consumer, provider int64) (asked, otherWay []int64, err error) {
	named := cmp.Or(consumer, provider)
	var asConsumer, asProvider []matrix.Integration
	err = m.reader.Together(func() (err error) {
		asConsumer, err = m.reader.ListProvidersOf(nil, []int64{named})
		return err
	}, func() (err error) {
		asProvider, err = m.reader.ListConsumersOf([]int64{named})
		return err
	})
	var providers, consumers []int64
	for _, in := range asConsumer {
		if consumer == 0 || provider == 0 || in.Provider.ID == provider {
			providers = append(providers, in.Provider.ID)
		}
	}
	for _, in := range asProvider {
		if consumer == 0 || provider == 0 || in.Consumer.ID == provider {
			consumers = append(consumers, in.Consumer.ID)
		}
	}
	if consumer == 0 {
		return consumers, providers, err
	}
	return providers, consumers, err
}

// selectVersions looks up the versions that the sides select.
func (m *matrixLook) selectVersions() error {
	for _, side := range []struct {
		selector matrix.Selector
		named    matrix.Pacticipant
		into     *[]matrix.Version
		wrong    *string
	}{{m.Consumer, m.consumer, &m.consumers, &m.Wrong.ConsumerVersions}, {m.Provider, m.provider, &m.providers, &m.Wrong.ProviderVersions}} {
		if side.selector.IsBare() {
			continue
		}
		ids := m.partners
		if side.named.ID != 0 {
			ids = []int64{side.named.ID}
		}
		found, err := matrix.SelectVersions(m.reader, ids, side.selector)
		if err != nil {
			return fmt.Errorf("select versions: %w", err)
		}
		if len(found) == 0 {
			if *side.wrong, err = m.noVersion(side.selector, side.named.Name); err != nil {
				return err
			}
		}
		slices.Reverse(found)
		*side.into = found
	}
	return nil
}

// noVersion says that nothing is selected, and why if the environment is not one.
func (m *matrixLook) noVersion(s matrix.Selector, name string) (string, error) {
	if s.Environment != "" && !slices.Contains(kernel.NamesOf(m.Environments), s.Environment) {
		near, err := kernel.NearEnvironments(m.tx, s.Environment)
		return fmt.Sprintf("There is no environment named %q.", s.Environment) + near, err
	}
	if name == "" {
		return "No version of any partner is like that.", nil
	}
	return "No version of " + name + " is like that.", nil
}

// read reads the contracts of the consumers, then their results.
func (m *matrixLook) read() (matrixRows, error) {
	wanted := matrix.PublicationQuery{EveryRevision: m.Every, Max: matrix.MostRows}
	if m.provider.ID != 0 {
		wanted.Providers = []int64{m.provider.ID}
	}
	switch {
	case !m.Consumer.IsBare():
		wanted.ConsumerVersions = idsOf(m.consumers)
	case m.consumer.ID != 0:
		wanted.Consumers = []int64{m.consumer.ID}
	}
	publications, err := m.reader.ListPublications(wanted)
	if err != nil {
		return matrixRows{}, fmt.Errorf("list publications: %w", err)
	}
	m.Truncated = len(publications) >= wanted.Max
	rows := newMatrixRows(publications, m.providers, !m.Provider.IsBare())
	asked := rows.resultsAsked()
	asked.EveryResult = m.Every
	results, err := m.reader.ListResults(asked)
	if err != nil {
		return matrixRows{}, fmt.Errorf("list results: %w", err)
	}
	m.ResultsCut = asked.Max > 0 && len(results) >= asked.Max
	rows.add(results)
	return rows, nil
}

// describe adds to the rows of the page what is shown of them.
func (m *matrixLook) describe(page []matrix.Row) error {
	described, err := gate.DescribeRows(m.tx, page)
	if err != nil {
		return fmt.Errorf("describe rows: %w", err)
	}
	m.Rows = make([]MatrixRow, len(page))
	var results []int64
	for _, r := range page {
		if r.Result != nil {
			results = append(results, r.Result.ID)
		}
	}
	slices.Sort(results)
	stored, err := m.tx.FindVerificationsByID(slices.Compact(results))
	for i, r := range page {
		m.Rows[i].MatrixRow = described[i]
		if r.Result != nil {
			m.Rows[i].BuildURL = stored[r.Result.ID].BuildURL
		}
	}
	return err
}

func idsOf(versions []matrix.Version) []int64 {
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.ID
	}
	return ids
}
