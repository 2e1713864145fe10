package kernel

// Between reading a row and changing it, somebody else may change it. A use case
// that changes what it has read therefore locks it, and reads it again: what it
// then reads stays until the end of its transaction. docs/writes.md says of every
// use case what it locks, and why that is enough.

// Hold says how a row is held.
type Hold int

const (
	// ToChange lets others add what refers to the row, and look at it.
	ToChange Hold = iota + 1
	// ToDelete lets nobody add what refers to the row: whether it is still of use
	// can be judged, and stays so.
	ToDelete
)

// RowKind names rows by their table.
type RowKind string

// The kinds of rows that a use case locks, or that a clean-up goes through.
const (
	RowPacticipant  RowKind = "pacticipant"
	RowVersion      RowKind = "version"
	RowBranch       RowKind = "branch"
	RowContent      RowKind = "content"
	RowPublication  RowKind = "publication"
	RowVerification RowKind = "verification"
	RowEnvironment  RowKind = "environment"
	RowDeployed     RowKind = "deployed_version"
	RowRollout      RowKind = "rollout"
	RowReleased     RowKind = "released_version"
	RowWebhook      RowKind = "webhook"
	RowFiring       RowKind = "triggered_webhook"
	RowPrincipal    RowKind = "principal"
	RowRole         RowKind = "role"
	RowDeviceLogin  RowKind = "device_login"
	RowToken        RowKind = "token"
	RowTeam         RowKind = "team"
	RowSecret       RowKind = "secret"
	RowTrustRule    RowKind = "trust_rule"
)

// Row is a row that can be locked.
type Row struct {
	Kind RowKind
	ID   int64
}

// Row returns the row of a fact.
func (p Pacticipant) Row() Row { return Row{RowPacticipant, p.ID} }

// Row returns the row of a fact.
func (v Version) Row() Row { return Row{RowVersion, v.ID} }

// Row returns the row of a fact.
func (b Branch) Row() Row { return Row{RowBranch, b.ID} }

// Row returns the row of a fact.
func (e Environment) Row() Row { return Row{RowEnvironment, e.ID} }

// Row returns the row of a fact.
func (d DeployedVersion) Row() Row { return Row{RowDeployed, d.ID} }

// Row returns the row of a fact.
func (r ReleasedVersion) Row() Row { return Row{RowReleased, r.ID} }

// Row returns the row of a fact.
func (w Webhook) Row() Row { return Row{RowWebhook, w.ID} }

// Row returns the row of a fact.
func (t TriggeredWebhook) Row() Row { return Row{RowFiring, t.ID} }

// RowsOf returns the rows of facts.
func RowsOf[T interface{ Row() Row }](facts []T) []Row {
	out := make([]Row, len(facts))
	for i, fact := range facts {
		out[i] = fact.Row()
	}
	return out
}

// Locked finds a row, locks it and finds it again, as it is now and stays.
func Locked[T interface{ Row() Row }](tx Tx, how Hold, find func() (T, error)) (T, error) {
	found, err := find()
	if err != nil {
		return found, err
	}
	if err := tx.Lock(how, found.Row()); err != nil {
		return found, err
	}
	return find()
}

// Locks keep rows still until the end of the transaction.
type Locks interface {
	// Lock locks rows, in the order that everybody keeps to. What was read of them
	// before may be out of date: read it again. If one of them is gone the
	// transaction runs again from the start. What this transaction has made needs no
	// lock.
	Lock(how Hold, rows ...Row) error
	// LockLeft is Lock for rows that somebody else may have deleted: only those that
	// are left are locked. It is for who came by them in another transaction.
	LockLeft(how Hold, rows ...Row) error
}
