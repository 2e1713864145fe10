package kernel

import "github.com/treatyhq/treaty/internal/near"

// MostHelped bounds for how many names of one question others are offered.
const MostHelped = 5

// NearPacticipants offers the applications that look like one that does not
// exist: a sentence with a space before it, "" if none does.
func NearPacticipants(tx Tx, name string) (string, error) {
	names, err := tx.ListPacticipantNames()
	return near.Sentence(name, names), err
}

// NearEnvironments is NearPacticipants for the environments.
func NearEnvironments(tx Tx, name string) (string, error) {
	environments, err := tx.ListEnvironments()
	return near.Sentence(name, NamesOf(environments)), err
}
