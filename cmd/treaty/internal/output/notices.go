package output

import (
	"fmt"
	"io"

	"github.com/treatyhq/treaty/client"
)

// The colours of notices, by their type.
const (
	Yellow = "33"
	Red    = "31"
	Green  = "32"
)

// WriteNotices prints a broker's lines for people in their order.
func WriteNotices(w io.Writer, color bool, notices []client.Notice) error {
	for _, n := range notices {
		if _, err := fmt.Fprintln(w, Paint(color, noticeColor(n.Type), n.Text)); err != nil {
			return err
		}
	}
	return nil
}

func noticeColor(kind string) string {
	switch kind {
	case "warning", "prompt":
		return Yellow
	case "error", "danger":
		return Red
	case "success":
		return Green
	default:
		return ""
	}
}

// Paint wraps text in a terminal colour; "" is the terminal's own.
func Paint(on bool, color, text string) string {
	if !on || color == "" {
		return text
	}
	return Control("["+color+"m") + text + Control("[0m")
}
