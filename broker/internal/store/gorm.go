package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// openORM prepares GORM. It never uses db itself afterwards: each transaction
// brings its own connection.
func openORM(s *Store, db *sql.DB) (*gorm.DB, error) {
	var dialector gorm.Dialector = &sqlite.Dialector{DriverName: "sqlite", Conn: db}
	if s.dialect == postgresDialect {
		dialector = postgres.New(postgres.Config{Conn: db})
	}
	return gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 quiet{s},
	})
}

// quiet leaves the errors of GORM to whoever handles them, and has its
// statements logged as all others are.
type quiet struct{ store *Store }

// LogMode implements GORM's logger.
func (q quiet) LogMode(logger.LogLevel) logger.Interface { return q }

// Info implements GORM's logger.
func (q quiet) Info(ctx context.Context, text string, args ...any) {
	q.store.log.DebugContext(ctx, fmt.Sprintf(text, args...))
}

// Warn implements GORM's logger.
func (q quiet) Warn(ctx context.Context, text string, args ...any) {
	q.store.log.DebugContext(ctx, fmt.Sprintf(text, args...))
}

// Error implements GORM's logger.
func (q quiet) Error(ctx context.Context, text string, args ...any) {
	q.store.log.DebugContext(ctx, fmt.Sprintf(text, args...))
}

// ParamsFilter implements GORM's ParamsFilter: values stay out of the log.
func (q quiet) ParamsFilter(_ context.Context, text string, _ ...any) (string, []any) {
	return text, nil
}

// Trace implements GORM's logger.
func (q quiet) Trace(ctx context.Context, began time.Time, statement func() (string, int64), _ error) {
	if log := q.store.statements(); !log.Off() {
		text, _ := statement()
		log.Note(ctx, text, began)
	}
}

// moment is a time in a row, in microseconds since 1970; 0 is NULL.
type moment int64

func momentOf(t time.Time) moment {
	if t.IsZero() {
		return 0
	}
	return moment(t.UnixMicro())
}

func (m moment) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m)).UTC()
}

// Scan implements sql.Scanner.
func (m *moment) Scan(value any) error {
	var t time.Time
	if err := (stamp{&t}).Scan(value); err != nil {
		return err
	}
	*m = momentOf(t)
	return nil
}

// GormValue implements gorm.Valuer: each database has its own type of time.
func (m moment) GormValue(_ context.Context, db *gorm.DB) clause.Expr {
	switch {
	case m == 0:
		return clause.Expr{SQL: "NULL"}
	case db.Name() == "postgres":
		return clause.Expr{SQL: "?", Vars: []any{m.time()}}
	}
	return clause.Expr{SQL: "?", Vars: []any{int64(m)}}
}
