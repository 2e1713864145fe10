package root

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
)

// report prints err to w and returns the exit status it means.
func report(w io.Writer, err error) int {
	if err == nil {
		return command.ExitYes
	}
	status, _ := command.StatusOf(err)
	if errors.Is(err, command.ErrSilent) {
		return status
	}
	err = connection.Explain(err)
	fmt.Fprintf(w, "treaty: %s\n", cutLines(err.Error()))
	if step := command.StepOf(err); step != "" {
		fmt.Fprintf(w, "  next: %s\n", cutLines(step))
	}
	return status
}

// cutLines keeps a message readable that repeats something very long, such as
// a name of 10,000 characters.
func cutLines(text string) string {
	const most = 600
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if runes := []rune(line); len(runes) > most {
			lines[i] = string(runes[:most]) + "…"
		}
	}
	return strings.Join(lines, "\n")
}
