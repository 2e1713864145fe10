package store

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const (
	textDiskFull    = "the disk of the database is full: free some space and try again"
	textManyChange  = "too many requests change the same data, try again"
	textTookLong    = "the database took too long, try again"
	textLocked      = "another request holds what this one needs, try again"
	textRoom        = "the database has no connection or no memory to give at the moment, try again"
	textRefusesUser = "the database refuses the user or the password of the broker"
	textDisk        = "the disk of the database fails: check it and try again"
	textSchema      = "the tables of the database are not those of this broker: restore them, or name the right database"
	textPooler      = "a connection pooler stands before the database and keeps nothing for the broker: say so by its setting for poolers"
)

// states are the codes of PostgreSQL that mean something of their own, then the
// classes, which are their first two characters. What is in neither is a mistake of
// the broker's.
var states = map[string]meaning{
	"08007": unknownOutcome,
	"0A000": away(textManyChange), // a statement was prepared before a migration
	"22021": {code: kernel.CodeInvalid, text: "a text holds a zero byte"},
	"22P05": {code: kernel.CodeInvalid, text: "a text holds a zero byte"},
	"23503": {code: kernel.CodeConflict, text: "something it refers to is gone"},
	"23505": {kernel.CodeConflict, textTaken, kernel.ReasonTaken},
	"25006": away(textReadOnly),
	"25P03": away(textTookLong),
	"25P04": away(textTookLong),
	"40003": unknownOutcome,
	"42501": lasting("the broker's user may not do this in the database: give it the rights to its tables"),
	"42P01": lasting(textSchema),
	"42703": lasting(textSchema),
	"42P05": lasting(textPooler),
	"53100": away(textDiskFull),
	"54000": {code: kernel.CodeTooLarge, text: "a text is longer than the database can find again"},
	"55P03": away(textLocked),
	"57014": away(textTookLong),
	"57P04": lasting("the server has no database of this name"),
	"XX000": away("the database server failed, try again: its log says why"),

	"08": away(textUnreachable),
	"22": {code: kernel.CodeInvalid, text: "a value is not one that the database can keep"},
	"26": lasting(textPooler),
	"28": lasting(textRefusesUser),
	"3D": lasting("the server has no database of this name"),
	"3F": lasting(textSchema),
	"40": away(textManyChange),
	"53": away(textRoom),
	"54": {code: kernel.CodeTooLarge, text: "this is more than the database can look at in one go: send it in smaller parts"},
	"55": away(textLocked),
	"57": away(textUnreachable),
	"58": away(textDisk),
	"72": away(textManyChange),
	"F0": lasting("the configuration of the database server is wrong"),
	"XX": lasting("the database is damaged, or its server fails: look into the server's log"),
}

func meaningOfPostgres(err *pgconn.PgError) meaning {
	if strings.Contains(err.Message, "startup parameter") { // as PgBouncer says it
		return lasting(textPooler)
	}
	if m, known := states[err.Code]; known {
		return m
	}
	return states[err.Code[:min(2, len(err.Code))]]
}
