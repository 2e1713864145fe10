package kernel

import (
	"context"
	"encoding/json"
	"time"
)

// Act is a request that writes, as the record of who did what has it. It is made
// where the request comes in, and travels in its context: what begins a transaction
// finds it there.
type Act struct {
	// Principal, Name and Kind say who does it; Token is the prefix of their token and
	// Rule the trust rule by which they came, if any.
	Principal, Name, Kind, Token, Rule string
	IP, RequestID                      string
	// Action is what is done, such as webhook_created, and Resource the address.
	Action, Resource string
	// Subject is what it is done to, by name.
	Subject map[string]string
	// recorded is true when a transaction with the record of it is on disk.
	recorded bool
	// refused is true when whoever answered found that it was not allowed.
	refused bool
}

// Recorded reports whether the record of an act is on disk.
func (a *Act) Recorded() bool { return a.recorded }

// MarkRecorded says that it is.
func (a *Act) MarkRecorded() { a.recorded = true }

// Refused reports whether an act was not allowed, where its answer said so itself.
func (a *Act) Refused() bool { return a.refused }

// MarkRefused says that the act of a context, if there is one, was not allowed: pages answer
// that themselves.
func MarkRefused(ctx context.Context) {
	if act := ActOf(ctx); act != nil {
		act.refused = true
	}
}

type actKey struct{}

// WithAct returns a context in which an act is done.
func WithAct(ctx context.Context, act *Act) context.Context {
	return context.WithValue(ctx, actKey{}, act)
}

// ActOf returns the act of a context; nil where nobody keeps a record, and for what the
// broker does of itself.
func ActOf(ctx context.Context) *Act {
	act, _ := ctx.Value(actKey{}).(*Act)
	return act
}

// AuditOutcome says whether what somebody wanted was allowed.
type AuditOutcome string

// The outcomes of acts.
const (
	AuditAllowed AuditOutcome = "allowed"
	AuditDenied  AuditOutcome = "denied"
)

// AuditEvent is one record. It is written with its cause and is never changed, but that
// it gets its place in the chain.
type AuditEvent struct {
	ID   int64
	UUID string
	At   time.Time
	// Principal to Resource are those of the act.
	Principal, Name, Kind, Token, Rule string
	IP, RequestID                      string
	Action, Resource                   string
	// Subject and Changes are JSON: what it was done to, and digests of what was there
	// before and after. Both are empty where there is nothing to say.
	Subject, Changes json.RawMessage
	Outcome          AuditOutcome
	// Seq is the place in the chain, from 1 without gaps, and Hash that of the event and
	// the one before it; 0 and empty while it is not sealed.
	Seq  int64
	Hash string
}

// AuditChain is where the chain of events begins and ends.
type AuditChain struct {
	// On says that some broker keeps a record.
	On bool
	// Seq and Hash are of the newest sealed event; 0 and empty if there is none.
	Seq  int64
	Hash string
	// CutSeq and CutHash are of the newest that was deleted for its age; 0 and empty if
	// none was.
	CutSeq  int64
	CutHash string
}

// AuditFilter selects events. Zero fields do not restrict.
type AuditFilter struct {
	Since     time.Time
	Principal string
	Action    string
	Outcome   AuditOutcome
	// From is an event after which the list goes on, itself left out; nil begins with
	// the first.
	From *AuditEvent
	// Ascending lists the oldest first.
	Ascending     bool
	Limit, Offset int
}

// Audits is the storage of the record. Its order is that of the chain, and after it that
// in which events without a place were written: who has read up to an event misses none
// whose transaction ended later.
type Audits interface {
	// AddAuditEvent stores an event without a place, with the end of the transaction.
	AddAuditEvent(e AuditEvent) error
	// AuditChain returns where the chain begins and ends.
	AuditChain() (AuditChain, error)
	// LockAuditChain is AuditChain for who changes it: nobody else does until the end.
	LockAuditChain() (AuditChain, error)
	// SaveAuditChain writes it.
	SaveAuditChain(c AuditChain) error
	// UnsealedEvents returns events without a place, limit at most, in the order in
	// which they were written.
	UnsealedEvents(limit int) ([]AuditEvent, error)
	// CountUnsealed returns how many there are, and when the oldest was written.
	CountUnsealed() (n int, oldest time.Time, err error)
	// SealEvents gives events the place and the hash that they have.
	SealEvents(events []AuditEvent) error
	// SealedEvents returns those with a place after seq, in order, limit at most.
	SealedEvents(after int64, limit int) ([]AuditEvent, error)
	// FindAuditEvent returns the one with the UUID.
	FindAuditEvent(uuid string) (AuditEvent, error)
	// ListAuditEvents returns those that fit.
	ListAuditEvents(f AuditFilter) ([]AuditEvent, error)
	// CutAuditEvents deletes those up to a place, limit at most, the oldest first, and
	// returns the newest of those deleted; its Seq is 0 if there was none.
	CutAuditEvents(upTo int64, limit int) (AuditEvent, error)
	// FirstSealedSince returns the place of the first event of the chain that is not
	// older than a moment; 0 if there is none.
	FirstSealedSince(moment time.Time) (int64, error)
}

// Note records the act of a context that writes nothing, such as to have a webhook
// sent. Without an act, nothing is done.
func (s *Base) Note(ctx context.Context) error {
	if act := ActOf(ctx); act == nil || act.Recorded() {
		return nil
	}
	return s.Store.Update(ctx, func(Tx) error { return nil })
}
