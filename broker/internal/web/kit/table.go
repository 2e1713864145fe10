package kit

// Table is a list with a row for each thing. On narrow screens each row becomes a
// block that names its cells.
type Table struct {
	// Name is the id of the table and the beginning of its parameters in the
	// address; the only table of a page may have none.
	Name    string
	Caption string
	Columns []Column
	Rows    []Row
	// Begin is how it is sorted where the address asks nothing, as the address
	// would ask it.
	Begin string
	// Rest says what is not shown.
	Rest  string
	Pages Pager
	// Empty stands in the place of a table without rows.
	Empty Empty
}

// Column is a column of a table.
type Column struct {
	Title string
	// Key is its name in the address; a column without one cannot be sorted.
	Key string
	// NewestFirst says that the column begins with the greatest when it is sorted.
	NewestFirst bool
	// URL sorts by the column, and Order is "ascending" or "descending" where the
	// table is sorted by it. Sort fills them.
	URL, Order string
}

// Row has a cell for each column; the first one names the row.
type Row []Cell
