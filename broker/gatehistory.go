package broker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/matrix"
	"github.com/treatyhq/treaty/internal/errlog"
)

// GateAnswer is a kept answer of the gate, with what was asked and what the
// answer rested on.
type GateAnswer struct {
	// Number names the answer.
	Number   int64
	Question GateQuestion
	Verdict  matrix.Verdict
	Counts   matrix.Counts
	// Notices and Explanations are those of the decision.
	Notices      []matrix.Notice
	Explanations []matrix.Explanation
	Rows         []GateRow
	// Times is how often the same question had the same answer in a row, from
	// FirstAt to LastAt.
	Times   int
	FirstAt time.Time
	LastAt  time.Time

	// QuestionKey and AnswerKey are equal for equal questions and answers.
	QuestionKey string
	AnswerKey   string
}

// GateQuestion is what the gate was asked.
type GateQuestion struct {
	Selectors []matrix.Selector
	Ignore    []matrix.Selector
	Target    matrix.Target
	LatestBy  matrix.LatestBy
	// Original says that the server was set to Pact Broker's answers.
	Original bool
	// Asker is who asked. The same question of somebody else has an answer of its
	// own.
	Asker Asker `json:",omitzero"`
}

// questionKeyVersion begins each key of a question. It goes up when the same
// question gets another key, so that keys of two kinds are never equal.
const questionKeyVersion byte = 1

// Key returns what is equal for equal questions only: a version, and a digest of
// all fields by their names. Each value is quoted, so that no name reads as the
// rest of another question.
func (q GateQuestion) Key() string {
	text := []byte{questionKeyVersion}
	field := func(name, value string) {
		if value != "" {
			text = strconv.AppendQuote(append(text, name...), value)
		}
	}
	flag := func(name string, set bool) {
		if set {
			text = append(append(text, name...), ';')
		}
	}
	selectors := func(name string, list []matrix.Selector) {
		for _, s := range list {
			text = append(append(text, name...), '{')
			field("pacticipant", s.Pacticipant)
			field("version", s.Version)
			flag("latest", s.Latest)
			field("tag", s.Tag)
			field("branch", s.Branch)
			flag("mainBranch", s.MainBranch)
			field("environment", s.Environment)
			text = append(text, '}')
		}
	}
	selectors("selectors", q.Selectors)
	selectors("ignore", q.Ignore)
	flag("target.latest", q.Target.Latest)
	field("target.tag", q.Target.Tag)
	field("target.branch", q.Target.Branch)
	flag("target.mainBranch", q.Target.MainBranch)
	field("target.environment", q.Target.Environment)
	field("latestBy", string(q.LatestBy))
	flag("original", q.Original)
	field("asker.principal", q.Asker.Principal)
	field("asker.buildURL", q.Asker.BuildURL)
	return hex.EncodeToString([]byte{questionKeyVersion}) + key(string(text))
}

// GateRow is a row that an answer rested on.
type GateRow struct {
	Consumer, ConsumerVersion string
	Provider, ProviderVersion string
	// Unproven are provider versions without a result that the row stands for.
	Unproven     []string
	SHA          string
	ResultNumber int64
	Outcome      matrix.Outcome
	Ignored      bool
}

// GateHistoryQuery selects kept answers. Zero fields do not restrict.
type GateHistoryQuery struct {
	Pacticipant string
	Version     string
	// Limit caps the answer, 50 if it is 0.
	Limit int
}

// GateHistory is the storage of kept answers.
type GateHistory interface {
	// SaveGateAnswer keeps the answer and returns its number. If the last answer
	// to the same question was the same, that one is counted on.
	SaveGateAnswer(a GateAnswer) (int64, error)
	// ListGateAnswers returns answers, newest first.
	ListGateAnswers(q GateHistoryQuery) ([]GateAnswer, error)
	FindGateAnswer(number int64) (GateAnswer, error)
	// DeleteGateAnswers deletes up to limit answers last given before at, and
	// returns how many.
	DeleteGateAnswers(at time.Time, limit int) (int, error)
}

// ListGateAnswers returns kept answers, newest first.
func (s *Service) ListGateAnswers(ctx context.Context, q GateHistoryQuery) ([]GateAnswer, error) {
	var out []GateAnswer
	err := s.Store.View(ctx, func(tx Tx) (err error) {
		out, err = tx.ListGateAnswers(q)
		return err
	})
	return out, err
}

// FindGateAnswer returns a kept answer. It returns CodeNotFound if there is no
// such number.
func (s *Service) FindGateAnswer(ctx context.Context, number int64) (GateAnswer, error) {
	var out GateAnswer
	err := s.Store.View(ctx, func(tx Tx) (err error) {
		out, err = tx.FindGateAnswer(number)
		return err
	})
	if IsNotFound(err) {
		return out, Errorf(CodeNotFound, "there is no kept answer number %d", number)
	}
	return out, err
}

// gateMemory remembers what was kept last for each question, so that a pipeline
// that polls, or a badge, does not write each time it asks. Its zero value is
// ready.
type gateMemory struct {
	mu   sync.Mutex
	last map[string]keptAnswer
}

type keptAnswer struct {
	answerKey string
	number    int64
	at        time.Time
	// uncounted is how often it was given again since it was written.
	uncounted int
}

const (
	// recountAfter is how long an unchanged answer is counted in memory only.
	recountAfter = time.Minute
	// mostRemembered bounds the memory.
	mostRemembered = 4096
)

// seenAgain counts an answer that was kept a moment ago. Otherwise it returns
// how often it has to be counted when it is written.
func (m *gateMemory) seenAgain(a GateAnswer, now time.Time) (number int64, times int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, known := m.last[a.QuestionKey]
	if !known || last.answerKey != a.AnswerKey {
		return 0, 1
	}
	if now.Sub(last.at) >= recountAfter {
		return 0, last.uncounted + 1
	}
	last.uncounted++
	m.last[a.QuestionKey] = last
	return last.number, 0
}

func (m *gateMemory) kept(a GateAnswer, number int64, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil || len(m.last) >= mostRemembered {
		m.last = map[string]keptAnswer{}
	}
	m.last[a.QuestionKey] = keptAnswer{answerKey: a.AnswerKey, number: number, at: now}
}

// keep keeps the answer to a question that decides about a target. That an
// answer could not be kept does not change it: it is logged.
func (s *Service) keep(ctx context.Context, q MatrixQuery, answer *MatrixAnswer) {
	if q.Target.IsZero() || !q.At.IsZero() {
		return
	}
	now := s.now()
	a := s.gateAnswer(q, answer.Decision)
	number, times := s.gate.seenAgain(a, now)
	if times > 0 {
		a.Times, a.FirstAt, a.LastAt = times, now, now
		a.fill(answer.Decision)
		err := s.Store.Update(ctx, func(tx Tx) (err error) {
			number, err = tx.SaveGateAnswer(a)
			return err
		})
		if err != nil {
			s.Log.WarnContext(ctx, "an answer of the gate was not kept", errlog.Attr(err))
			return
		}
		s.gate.kept(a, number, now)
	}
	answer.Number = number
}

// gateAnswer is the answer with its keys, without what is only needed to write
// it.
func (s *Service) gateAnswer(q MatrixQuery, d matrix.Decision) GateAnswer {
	a := GateAnswer{
		Question: GateQuestion{
			Selectors: q.Selectors, Ignore: q.Ignore, Target: q.Target, LatestBy: q.LatestBy, Original: s.Settings.OriginalDecisions, Asker: q.Asker,
		},
		Verdict: d.Verdict, Counts: d.Counts,
	}
	a.QuestionKey = a.Question.Key()
	facts := strconv.AppendInt(make([]byte, 0, 512), int64(d.Verdict), 10)
	// The rows stay the same where a yes becomes one to doubt.
	facts = strconv.AppendInt(append(facts, ','), int64(d.Headline()), 10)
	for _, list := range [][]matrix.Row{d.Considered, d.Ignored} {
		for _, r := range list {
			facts = strconv.AppendInt(append(facts, ';'), r.Publication.ID, 10)
			facts = strconv.AppendBool(append(facts, ','), r.Ignored)
			if r.Result != nil {
				facts = strconv.AppendInt(append(facts, ','), r.Result.ID, 10)
			}
			for _, v := range r.Unproven {
				facts = strconv.AppendInt(append(facts, ',', 'u'), v.ID, 10)
			}
		}
	}
	a.AnswerKey = key(string(facts))
	return a
}

func key(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

func (a *GateAnswer) fill(d matrix.Decision) {
	a.Notices = d.Notices()
	for _, e := range d.Explanations {
		e.Row = nil // the rows are kept once, below
		a.Explanations = append(a.Explanations, e)
	}
	for _, list := range [][]matrix.Row{d.Considered, d.Ignored} {
		for _, r := range list {
			row := GateRow{
				Consumer: r.Publication.Consumer.Name, ConsumerVersion: r.Publication.ConsumerVersion.Number,
				Provider: r.Publication.Provider.Name, SHA: r.Publication.SHA, Outcome: r.Outcome(), Ignored: r.Ignored,
			}
			if r.ProviderVersion != nil {
				row.ProviderVersion = r.ProviderVersion.Number
			}
			if r.Result != nil {
				row.ResultNumber = r.Result.Number
			}
			for _, v := range r.Unproven {
				row.Unproven = append(row.Unproven, v.Number)
			}
			a.Rows = append(a.Rows, row)
		}
	}
}

// keptAnswersFor is how long answers are kept unless told otherwise: long enough
// to look into a release of last year.
const keptAnswersFor = 2 * 365 * 24 * time.Hour

// gateAnswers deletes answers that nobody will ask about any more.
func (c *cleaning) gateAnswers(ctx context.Context) error {
	if c.options.Preview {
		return nil
	}
	age := c.options.GateAnswerAge
	if age <= 0 {
		age = keptAnswersFor
	}
	deleted := 0
	err := c.transaction(ctx, func(tx Tx) (err error) {
		deleted, err = tx.DeleteGateAnswers(c.now.Add(-age), c.options.Limit)
		return err
	})
	if err == nil {
		c.report.GateAnswers = deleted
	}
	return err
}
