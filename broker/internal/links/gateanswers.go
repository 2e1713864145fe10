package links

import "strconv"

// GateAnswers is the list of kept answers of the gate.
func (l Links) GateAnswers() string { return l.Template("/gate/answers") }

// GateAnswer is one kept answer of the gate.
func (l Links) GateAnswer(number int64) string {
	return l.Path("gate", "answers", strconv.FormatInt(number, 10))
}

// Why says which pacts a version would be asked to verify.
func (l Links) Why(pacticipant, number string) string {
	return l.Path("pacticipants", pacticipant, "versions", number, "why")
}
