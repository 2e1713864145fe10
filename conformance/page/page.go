// Package page rewrites marked sections of a Markdown file, so that several
// tools can each keep their part of one page true.
package page

import (
	"fmt"
	"os"
	"strings"
)

// Replace puts body between the lines "<!-- name:begin -->" and
// "<!-- name:end -->" of the file at path. It is an error if the file has no
// such lines.
func Replace(path, name, body string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(data)
	begin, end := fmt.Sprintf("<!-- %s:begin -->\n", name), fmt.Sprintf("<!-- %s:end -->", name)
	from := strings.Index(text, begin)
	to := strings.Index(text, end)
	if from < 0 || to < from {
		return fmt.Errorf("%s has no section %q", path, name)
	}
	text = text[:from+len(begin)] + "\n" + strings.TrimSpace(body) + "\n\n" + text[to:]
	return os.WriteFile(path, []byte(text), 0o644)
}
