package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// gateDocument is what of an answer is stored as JSON.
type gateDocument struct {
	Counts       matrix.Counts        `json:"counts"`
	Notices      []matrix.Notice      `json:"notices,omitempty"`
	Explanations []matrix.Explanation `json:"explanations,omitempty"`
	Rows         []kernel.GateRow     `json:"rows,omitempty"`
}

// SaveGateAnswer implements kernel.GateHistory.
func (t *tx) SaveGateAnswer(a kernel.GateAnswer) (int64, error) {
	var number int64
	var answerKey string
	if t.postgres() { // two that answer a question for the first time have no row to lock
		if err := t.q.Later(t.ctx, `SELECT pg_advisory_xact_lock('gate_answer'::regclass::oid::int, hashtext($1))`, []any{a.QuestionKey}, nil); err != nil {
			return 0, err
		}
	}
	err := t.row(`SELECT id, answer_key FROM gate_answer WHERE question_key = $1 ORDER BY id DESC LIMIT 1`, []any{a.QuestionKey}, &number, &answerKey)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	if err == nil && answerKey == a.AnswerKey {
		return number, t.changed("gate_answer", `UPDATE gate_answer SET times = times + $2, last_at = $3 WHERE id = $1`, number, a.Times, t.at(a.LastAt))
	}
	question, err := json.Marshal(a.Question)
	if err != nil {
		return 0, fmt.Errorf("write a question: %w", err)
	}
	answer, err := json.Marshal(gateDocument{a.Counts, a.Notices, a.Explanations, a.Rows})
	if err != nil {
		return 0, fmt.Errorf("write an answer: %w", err)
	}
	asked := matrix.Selector{}
	if len(a.Question.Selectors) > 0 {
		asked = a.Question.Selectors[0]
	}
	return t.insert(`INSERT INTO gate_answer (pacticipant, version, target, verdict, question, question_key, answer, answer_key, times, first_at, last_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		asked.Pacticipant, asked.Version, a.Question.Target.Environment, int(a.Verdict), string(question), a.QuestionKey,
		string(answer), a.AnswerKey, a.Times, t.at(a.FirstAt), t.at(a.LastAt))
}

const gateColumns = `SELECT id, verdict, question, answer, times, first_at, last_at, question_key, answer_key FROM gate_answer `

func scanGateAnswer(row engine.Row) (kernel.GateAnswer, error) {
	var a kernel.GateAnswer
	var verdict int
	var question, answer string
	err := row.Scan(&a.Number, &verdict, &question, &answer, &a.Times, stamp{&a.FirstAt}, stamp{&a.LastAt}, &a.QuestionKey, &a.AnswerKey)
	if err != nil {
		return a, err
	}
	a.Verdict = matrix.Verdict(verdict)
	if err := json.Unmarshal([]byte(question), &a.Question); err != nil {
		return a, fmt.Errorf("read the question of answer %d: %w", a.Number, err)
	}
	var d gateDocument
	if err := json.Unmarshal([]byte(answer), &d); err != nil {
		return a, fmt.Errorf("read answer %d: %w", a.Number, err)
	}
	a.Counts, a.Notices, a.Explanations, a.Rows = d.Counts, d.Notices, d.Explanations, d.Rows
	return a, nil
}

// ListGateAnswers implements kernel.GateHistory.
func (t *tx) ListGateAnswers(q kernel.GateHistoryQuery) ([]kernel.GateAnswer, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	where, args := `WHERE TRUE`, []any{}
	for column, value := range map[string]string{"pacticipant": q.Pacticipant, "version": q.Version} {
		if value != "" {
			args = append(args, value)
			where += fmt.Sprintf(` AND %s = $%d`, column, len(args))
		}
	}
	order := `id`
	if q.LastGiven { // from the end of the index
		order = `last_at`
		args = append(args, t.at(time.Unix(0, 0)))
		where += fmt.Sprintf(` AND last_at > $%d`, len(args))
	}
	return all(t, scanGateAnswer, fmt.Sprintf(`%s %s ORDER BY %s DESC LIMIT %d`, gateColumns, where, order, limit), args...)
}

// FindGateAnswer implements kernel.GateHistory.
func (t *tx) FindGateAnswer(number int64) (kernel.GateAnswer, error) {
	return one(t, scanGateAnswer, gateColumns+`WHERE id = $1`, number)
}

// DeleteGateAnswers implements kernel.GateHistory.
func (t *tx) DeleteGateAnswers(at time.Time, limit int) (int, error) {
	n, err := t.exec(`DELETE FROM gate_answer WHERE id IN (SELECT g.id FROM gate_answer g WHERE g.last_at < $1 ORDER BY g.last_at LIMIT $2) AND last_at < $1`, t.at(at), limit)
	return int(n), err
}
