package kernel

import "time"

// What is known of the broker itself, and not of what it keeps.

// Operation is the storage of that.
type Operation interface {
	// DatabaseSize returns how many bytes the database takes on disk, and how many of
	// them are free to be used again: 0 where that is not known.
	DatabaseSize() (bytes, free int64, err error)
	// ListReplicas returns the brokers on the database that say that they live, the
	// oldest first; none where a database has one broker.
	ListReplicas() ([]Replica, error)
	// ListPeriodic returns when periodic work is due, by name.
	ListPeriodic() ([]PeriodicWork, error)
	// FindWorkOutcome returns what came of work the last time.
	FindWorkOutcome(name string) (WorkOutcome, error)
	// SaveWorkOutcome keeps it in place of what is kept.
	SaveWorkOutcome(o WorkOutcome) error
	// OpenDeliveries counts the firings that were not delivered and not given up yet,
	// most at most, and returns when the oldest of them came; the zero time if there
	// is none.
	OpenDeliveries(most int) (int, time.Time, error)
	// WeighPacticipant, WeighIntegration and WeighBranch count what goes with an
	// application, a pair or a branch, of each kind most at most.
	WeighPacticipant(id int64, most int) (Weight, error)
	WeighIntegration(consumerID, providerID int64, most int) (Weight, error)
	WeighBranch(id int64, most int) (Weight, error)
}

// Replica is a broker on a database that several share.
type Replica struct {
	Name string
	// Release is empty for one that does not tell it.
	Release string
	// Since is when it came; zero if it does not tell.
	Since time.Time
}

// PeriodicWork is work that is done now and then.
type PeriodicWork struct {
	Name string
	Due  time.Time
	// Runner is the replica that does it now, if any does.
	Runner string
}

// WorkOutcome is what came of work.
type WorkOutcome struct {
	Name    string
	BeganAt time.Time
	EndedAt time.Time
	// Asked says that a person began it.
	Asked bool
	// Failure is why it did not come to its end, in a sentence for a person; empty if
	// it did.
	Failure string
	// Report is what it did, as JSON.
	Report string
}

// Weight counts what is deleted together with something.
type Weight struct {
	Versions, Branches, Tags, Pairs    int
	Contracts, Results                 int
	Webhooks, Deliveries               int
	Deployments, Releases, Memberships int
}
