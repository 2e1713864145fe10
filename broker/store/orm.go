package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// openORM prepares GORM. It never uses db itself afterwards: each transaction
// brings its own connection.
func openORM(d dialect, db *sql.DB, log *slog.Logger) (*gorm.DB, error) {
	var dialector gorm.Dialector = &sqlite.Dialector{DriverName: "sqlite", Conn: db}
	if d == postgresDialect {
		dialector = postgres.New(postgres.Config{Conn: db})
	}
	return gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 quiet{log},
	})
}

// quiet hands slow and failed statements to slog at debug level: errors are
// returned, and whoever handles them logs them.
type quiet struct{ log *slog.Logger }

// LogMode implements GORM's logger.
func (q quiet) LogMode(logger.LogLevel) logger.Interface { return q }

// Info implements GORM's logger.
func (q quiet) Info(ctx context.Context, text string, args ...any) {
	q.log.DebugContext(ctx, fmt.Sprintf(text, args...))
}

// Warn implements GORM's logger.
func (q quiet) Warn(ctx context.Context, text string, args ...any) {
	q.log.DebugContext(ctx, fmt.Sprintf(text, args...))
}

// Error implements GORM's logger.
func (q quiet) Error(ctx context.Context, text string, args ...any) {
	q.log.DebugContext(ctx, fmt.Sprintf(text, args...))
}

// Trace implements GORM's logger.
func (q quiet) Trace(ctx context.Context, begin time.Time, statement func() (string, int64), err error) {
	if took := time.Since(begin); took > time.Second || err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		text, _ := statement()
		q.log.DebugContext(ctx, "statement", "took", took, "text", text, "err", err)
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
