package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// planOnce are settings for connections whose statements are prepared and come
// again and again. Left alone, the server plans most of them anew each time, for
// the values of that time, which takes longer than running them. They are short
// look-ups by index whatever the values are, so one plan serves all; and none is
// worth compiling.
var planOnce = map[string]string{"plan_cache_mode": "force_generic_plan", "jit": "off"}

// settle gives a new connection those settings that its URL leaves open. They are
// no parameters of its start: a pooler refuses those that it does not know.
func settle(ctx context.Context, conn *pgx.Conn) error {
	var statements []string
	for name, value := range planOnce {
		if _, given := conn.Config().RuntimeParams[name]; !given {
			statements = append(statements, "set "+name+" to "+value)
		}
	}
	if len(statements) == 0 {
		return nil
	}
	return conn.PgConn().Exec(ctx, strings.Join(statements, ";")).Close()
}
