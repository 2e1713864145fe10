package kernel

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// MatrixReader reads what the gate decides on: heads, live versions, and the
// result of a content by a provider version.
type MatrixReader interface {
	// MatrixFacts reads what holds now, or what held at a moment in the past if
	// it is not zero.
	MatrixFacts(at time.Time) matrix.Reader
	// ForeseeQuestion says that a question about now will be checked and asked:
	// where each way to the database costs, what it names is read on one.
	ForeseeQuestion(q matrix.Query) error
	// LiveEnvironmentsOf returns by version the environments where it is deployed
	// or released now, by name.
	LiveEnvironmentsOf(versionIDs []int64) (map[int64][]Environment, error)
	SelectorReader
	GateHistory
}
