package broker

import (
	"context"
	"encoding/json"
	"time"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// AuditEvent is a record of what somebody did, or was not allowed to.
type AuditEvent struct {
	// UUID identifies the event, Time is when it happened, and Type what was done.
	UUID string    `json:"uuid"`
	Time time.Time `json:"timestamp"`
	Type string    `json:"type"`
	// UserUUID, UserName and UserType say who did it, TokenPrefix by which token, Rule
	// by which trust rule.
	UserUUID    string `json:"userUuid,omitempty"`
	UserName    string `json:"userName,omitempty"`
	UserType    string `json:"userType"`
	TokenPrefix string `json:"tokenPrefix,omitempty"`
	Rule        string `json:"rule,omitempty"`
	// IP and RequestID are of the request.
	IP        string `json:"ip,omitempty"`
	RequestID string `json:"requestId,omitempty"`
	// Resource is the address, and Outcome "allowed" or "denied".
	Resource string `json:"resource"`
	Outcome  string `json:"outcome"`
	// Subject is what it was done to, and Changes are digests of before and after.
	Subject json.RawMessage `json:"subject,omitempty"`
	Changes json.RawMessage `json:"changes,omitempty"`
	// Seq is the place in the chain, and Hash that of the event with the one before; 0
	// and empty while it is not sealed.
	Seq  int64  `json:"seq,omitempty"`
	Hash string `json:"hash,omitempty"`
}

func auditEvent(e kernel.AuditEvent) AuditEvent {
	return AuditEvent{
		UUID: e.UUID, Time: e.At, Type: e.Action, UserUUID: e.Principal, UserName: e.Name, UserType: e.Kind, TokenPrefix: e.Token, Rule: e.Rule, IP: e.IP, RequestID: e.RequestID,
		Resource: e.Resource, Outcome: string(e.Outcome), Subject: e.Subject, Changes: e.Changes, Seq: e.Seq, Hash: e.Hash,
	}
}

// AuditVerdict is what [VerifyAudit] found.
type AuditVerdict struct {
	// Events are those that hang together; Seq and Hash are of the last of them.
	Events int64  `json:"events"`
	Seq    int64  `json:"seq"`
	Hash   string `json:"hash"`
	// Break says where the chain does not hang together; empty if it does.
	Break string `json:"break,omitempty"`
	// Unsealed are events that have no place in it yet, since OldestUnsealed.
	Unsealed       int        `json:"unsealed"`
	OldestUnsealed *time.Time `json:"oldestUnsealed,omitempty"`
}

// VerifyAudit reads the whole record in a database, named as in [Options].Database. A
// seq and a hash that somebody wrote down before tell whether it was made anew since;
// without them, hash is empty.
func VerifyAudit(ctx context.Context, database string, seq int64, hash string) (out AuditVerdict, err error) {
	err = beside(ctx, database, func(all *usecase.All) error {
		found, err := all.Audit.Verify(ctx, seq, hash)
		out = AuditVerdict{Events: found.Events, Seq: found.Seq, Hash: found.Hash, Break: found.Break, Unsealed: found.Unsealed}
		if found.Unsealed > 0 {
			out.OldestUnsealed = &found.Oldest
		}
		return err
	})
	return out, err
}

// ListAudit calls each with the events in a database that are not older than since, the
// oldest first, until it returns an error. One that has no place in the chain yet comes
// last.
func ListAudit(ctx context.Context, database string, since time.Time, each func(AuditEvent) error) error {
	return beside(ctx, database, func(all *usecase.All) error {
		q := audit.Query{Since: since, Ascending: true, Size: 500}
		for {
			events, more, err := all.Audit.List(ctx, q)
			if err != nil {
				return err
			}
			for _, e := range events {
				if err := each(auditEvent(e)); err != nil {
					return err
				}
			}
			if !more {
				return nil
			}
			q.From = events[len(events)-1].UUID
		}
	})
}
