package sqlite

import (
	"errors"

	"modernc.org/sqlite"
	direct "zombiezen.com/go/sqlite"
)

// Code returns the extended result code of SQLite in an error, by whichever
// interface to it the error came; 0 if there is none.
func Code(err error) int {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code()
	}
	if code := direct.ErrCode(err); code != direct.ResultError {
		return int(code)
	}
	return 0
}
