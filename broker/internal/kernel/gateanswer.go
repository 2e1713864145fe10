package kernel

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/treatyhq/treaty/broker/internal/matrix"
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
	// Promoting says that the version was the candidate of a rollout, to become current.
	Promoting bool `json:",omitempty"`
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
	flag("promoting", q.Promoting)
	field("asker.principal", q.Asker.Principal)
	field("asker.buildURL", q.Asker.BuildURL)
	return hex.EncodeToString([]byte{questionKeyVersion}) + GateKey(string(text))
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
	// LastGiven orders by when an answer was given last, not by when it was new.
	LastGiven bool
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
	// FindGateAnswer returns the answer with the number.
	FindGateAnswer(number int64) (GateAnswer, error)
	// DeleteGateAnswers deletes up to limit answers last given before at, and
	// returns how many.
	DeleteGateAnswers(at time.Time, limit int) (int, error)
}

// GateKey returns a short digest of what makes a question or an answer equal to
// another.
func GateKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
