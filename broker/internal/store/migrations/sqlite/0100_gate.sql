-- +goose Up
-- What the gate was asked and answered. An answer that is given again is
-- counted, not repeated. question and answer are JSON.

CREATE TABLE gate_answer (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    pacticipant  TEXT NOT NULL,
    version      TEXT NOT NULL,
    target       TEXT NOT NULL,
    verdict      INTEGER NOT NULL,
    question     TEXT NOT NULL,
    question_key TEXT NOT NULL,
    answer       TEXT NOT NULL,
    answer_key   TEXT NOT NULL,
    times        INTEGER NOT NULL,
    first_at     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL
);
CREATE INDEX gate_answer_question ON gate_answer (question_key, id DESC);
CREATE INDEX gate_answer_pacticipant ON gate_answer (pacticipant, id DESC);
CREATE INDEX gate_answer_last ON gate_answer (last_at);

-- +goose Down

DROP TABLE gate_answer;
