package scale_test

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/store"
)

// disk is what a table takes, with its indexes apart.
type disk struct {
	Name    string `json:"name"`
	Table   int64  `json:"table"`
	Indexes int64  `json:"indexes"`
}

// diskOf says what each table takes, the largest first.
func diskOf(ctx context.Context, s *store.Store) ([]disk, error) {
	query := `SELECT m.tbl_name, SUM(CASE m.type WHEN 'table' THEN d.pgsize ELSE 0 END), SUM(CASE m.type WHEN 'index' THEN d.pgsize ELSE 0 END)
		FROM dbstat d JOIN sqlite_master m ON m.name = d.name WHERE d.aggregate GROUP BY m.tbl_name ORDER BY SUM(d.pgsize) DESC`
	if s.Postgres() {
		query = `SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
			WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY pg_total_relation_size(oid) DESC`
	}
	rows, err := s.DB().QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []disk
	for rows.Next() {
		var d disk
		if err := rows.Scan(&d.Name, &d.Table, &d.Indexes); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}
