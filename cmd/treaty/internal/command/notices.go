package command

import (
	"fmt"
	"io"

	"github.com/treatyhq/treaty/client"
)

// The colours of notices, by their type.
const (
	colorYellow = "33"
	colorRed    = "31"
	colorGreen  = "32"
)

// writeNotices prints a broker's lines for people in their order.
func writeNotices(w io.Writer, color bool, notices []client.Notice) error {
	for _, n := range notices {
		if _, err := fmt.Fprintln(w, paint(color, noticeColor(n.Type), n.Text)); err != nil {
			return err
		}
	}
	return nil
}

func noticeColor(kind string) string {
	switch kind {
	case "warning", "prompt":
		return colorYellow
	case "error", "danger":
		return colorRed
	case "success":
		return colorGreen
	default:
		return ""
	}
}

// paint wraps text in a terminal colour; "" is the terminal's own.
func paint(on bool, color, text string) string {
	if !on || color == "" {
		return text
	}
	return control("["+color+"m") + text + control("[0m")
}
