package gate

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// ListGateAnswers returns kept answers, newest first.
func (s *Service) ListGateAnswers(ctx context.Context, q kernel.GateHistoryQuery) ([]kernel.GateAnswer, error) {
	s.settleFor(ctx)
	var out []kernel.GateAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = tx.ListGateAnswers(q)
		return err
	})
	return out, err
}

// FindGateAnswer returns a kept answer. It returns CodeNotFound if there is no
// such number.
func (s *Service) FindGateAnswer(ctx context.Context, number int64) (kernel.GateAnswer, error) {
	s.settleFor(ctx)
	var out kernel.GateAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = tx.FindGateAnswer(number)
		return err
	})
	if kernel.IsNotFound(err) {
		return out, kernel.Errorf(kernel.CodeNotFound, "there is no kept answer number %d", number)
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

// timesOf returns how often an answer has to be counted when it is written: 0 if it
// was kept a moment ago.
func (m *gateMemory) timesOf(a kernel.GateAnswer, now time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, known := m.last[a.QuestionKey]
	if !known || last.answerKey != a.AnswerKey {
		return 1
	}
	if now.Sub(last.at) >= recountAfter {
		return last.uncounted + 1
	}
	last.uncounted++
	m.last[a.QuestionKey] = last
	return 0
}

// kept remembers an answer that is kept, or is about to be.
func (m *gateMemory) kept(a kernel.GateAnswer, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil || len(m.last) >= mostRemembered {
		m.last = map[string]keptAnswer{}
	}
	m.last[a.QuestionKey] = keptAnswer{answerKey: a.AnswerKey, at: now}
}

// forget lets answers that could not be written be written when they are given
// again.
func (m *gateMemory) forget(answers []kernel.GateAnswer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range answers {
		delete(m.last, a.QuestionKey)
	}
}

// keep has the answer to a question that decides about a target kept. Nobody waits
// for that: the answer is given whether or not it can be written.
func (s *Service) keep(q MatrixQuery, answer MatrixAnswer) {
	if q.Target.IsZero() || !q.At.IsZero() {
		return
	}
	now := s.Moment()
	a := s.gateAnswer(q, answer.Decision)
	times := s.memory.timesOf(a, now)
	if times == 0 {
		return
	}
	a.Times, a.FirstAt, a.LastAt = times, now, now
	fill(&a, answer.Decision)
	s.memory.kept(a, now)
	if !s.keeper.add(a, s.save) {
		s.memory.forget([]kernel.GateAnswer{a})
	}
}

// gateAnswer is the answer with its keys, without what is only needed to write
// it.
func (s *Service) gateAnswer(q MatrixQuery, d matrix.Decision) kernel.GateAnswer {
	a := kernel.GateAnswer{Question: s.gateQuestion(q), Verdict: d.Verdict, Counts: d.Counts}
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
	a.AnswerKey = kernel.GateKey(string(facts))
	return a
}

// gateQuestion is the question as it is kept.
func (s *Service) gateQuestion(q MatrixQuery) kernel.GateQuestion {
	return kernel.GateQuestion{
		Selectors: q.Selectors, Ignore: q.Ignore, Target: q.Target, LatestBy: q.LatestBy, Original: s.Settings.OriginalDecisions, Promoting: q.Promoting, Asker: q.Asker,
	}
}

// fill adds what is needed to write the answer.
func fill(a *kernel.GateAnswer, d matrix.Decision) {
	a.Notices = d.Notices()
	for _, e := range d.Explanations {
		e.Row = nil // the rows are kept once, below
		a.Explanations = append(a.Explanations, e)
	}
	for _, list := range [][]matrix.Row{d.Considered, d.Ignored} {
		for _, r := range list {
			row := kernel.GateRow{
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
