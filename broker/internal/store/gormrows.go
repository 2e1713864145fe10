package store

import (
	"encoding/json"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// The rows that GORM reads and writes. Their conversions are by hand, so that
// the domain types stay free of storage.

type pacticipantRow struct {
	ID                  int64 `gorm:"primaryKey"`
	Name                string
	NameFold            string
	DisplayName         string
	MainBranch          string
	RepositoryURL       string
	RepositoryName      string
	RepositoryNamespace string
	CreatedAt           moment `gorm:"autoCreateTime:false"`
	UpdatedAt           moment `gorm:"autoUpdateTime:false"`
	CreatedBy           string
}

func (pacticipantRow) TableName() string { return "pacticipant" }

func pacticipantToRow(p kernel.Pacticipant) pacticipantRow {
	return pacticipantRow{
		ID: p.ID, Name: p.Name, NameFold: fold(p.Name), DisplayName: p.DisplayName, MainBranch: p.MainBranch,
		RepositoryURL: p.RepositoryURL, RepositoryName: p.RepositoryName, RepositoryNamespace: p.RepositoryNamespace,
		CreatedAt: momentOf(p.CreatedAt), UpdatedAt: momentOf(p.UpdatedAt), CreatedBy: p.CreatedBy,
	}
}

type labelRow struct {
	PacticipantID int64 `gorm:"primaryKey;autoIncrement:false"`
	Name          string
	CreatedAt     moment `gorm:"autoCreateTime:false"`
}

func (labelRow) TableName() string { return "label" }

type environmentRow struct {
	ID          int64 `gorm:"primaryKey"`
	UUID        string
	Name        string
	DisplayName string
	Production  bool
	Contacts    string
	CreatedAt   moment `gorm:"autoCreateTime:false"`
	UpdatedAt   moment `gorm:"autoUpdateTime:false"`
}

func (environmentRow) TableName() string { return "environment" }

func environmentToRow(e kernel.Environment) (environmentRow, error) {
	contacts, err := contactsText(e.Contacts)
	return environmentRow{
		ID: e.ID, UUID: e.UUID, Name: e.Name, DisplayName: e.DisplayName, Production: e.Production,
		Contacts: contacts, CreatedAt: momentOf(e.CreatedAt), UpdatedAt: momentOf(e.UpdatedAt),
	}, err
}

func (r environmentRow) domain() (kernel.Environment, error) {
	contacts, err := contactsOf(r.Contacts)
	return kernel.Environment{
		ID: r.ID, UUID: r.UUID, Name: r.Name, DisplayName: r.DisplayName, Production: r.Production,
		Contacts: contacts, CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
	}, err
}

type contactRow struct {
	Name    string          `json:"name"`
	Details json.RawMessage `json:"details,omitempty"`
}

func contactsText(contacts []kernel.Contact) (string, error) {
	if contacts == nil {
		return "", nil
	}
	rows := make([]contactRow, len(contacts))
	for i, c := range contacts {
		rows[i] = contactRow(c)
	}
	text, err := json.Marshal(rows)
	return string(text), err
}

func contactsOf(text string) ([]kernel.Contact, error) {
	if text == "" {
		return nil, nil
	}
	var rows []contactRow
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, err
	}
	out := make([]kernel.Contact, len(rows))
	for i, r := range rows {
		out[i] = kernel.Contact(r)
	}
	return out, nil
}

type webhookRow struct {
	ID            int64 `gorm:"primaryKey"`
	UUID          string
	Description   string
	ConsumerID    *int64
	ConsumerLabel string
	ProviderID    *int64
	ProviderLabel string
	Enabled       bool
	Method        string
	URL           string
	Headers       string
	Body          string
	Username      string
	Password      string
	Team          string
	CreatedAt     moment `gorm:"autoCreateTime:false"`
	UpdatedAt     moment `gorm:"autoUpdateTime:false"`
}

func (webhookRow) TableName() string { return "webhook" }

type webhookEventRow struct {
	WebhookID int64 `gorm:"primaryKey;autoIncrement:false"`
	Name      string
	Position  int
}

func (webhookEventRow) TableName() string { return "webhook_event" }

type attemptRow struct {
	ID          int64 `gorm:"primaryKey"`
	TriggeredID int64
	Success     bool
	Logs        string
	CreatedAt   moment `gorm:"autoCreateTime:false"`
}

func (attemptRow) TableName() string { return "webhook_attempt" }

// fold is how names compare without regard to case.
func fold(name string) string { return strings.ToLower(name) }

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// optionalID returns nil for 0.
func optionalID(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

func idOf(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}
