// Command history prepares the comparison of Treaty with a Pact Broker that
// lived through one rich history: it checks that Treaty took every request of
// the history, and writes the recorded reads for the replay tool with what
// depends on the clock left out.
//
//	history -base URL -played FILE -answers FOLDER -deviations FILE[,FILE] -out FOLDER -differ FILE
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	base := flag.String("base", "", "the broker that holds the history")
	played := flag.String("played", "", "what the replay tool recorded of the history")
	answers := flag.String("answers", "", "the folder with the recorded reads")
	deviations := flag.String("deviations", "", "files with steps that differ on purpose, separated by commas")
	out := flag.String("out", "", "the folder to write the reads to")
	differ := flag.String("differ", "", "the file to write the steps that differ on purpose to")
	flag.Parse()
	if err := run(*base, *played, *answers, strings.Split(*deviations, ","), *out, *differ); err != nil {
		fmt.Fprintln(os.Stderr, "history:", err)
		os.Exit(1)
	}
}

func run(base, played, answers string, deviations []string, out, differ string) error {
	if err := taken(played); err != nil {
		return err
	}
	port, err := receiverPort(base)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(answers, "*.json"))
	if err != nil || len(files) == 0 {
		return errors.Join(err, fmt.Errorf("no recorded reads in %s", answers))
	}
	kept := 0
	for _, file := range files {
		n, err := prepare(file, filepath.Join(out, filepath.Base(file)), port)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		kept += n
	}
	fmt.Printf("%d recorded reads, without those whose answer is a matter of dates\n", kept)
	return merged(deviations, differ)
}

// taken fails if a request of the history was refused.
func taken(played string) error {
	var doc struct {
		Steps []struct {
			ID, Method, Path string
			Golden           struct{ Status int }
		}
	}
	if err := read(played, &doc); err != nil {
		return err
	}
	if len(doc.Steps) == 0 {
		return fmt.Errorf("%s has no steps", played)
	}
	for _, s := range doc.Steps {
		if s.Golden.Status < 200 || s.Golden.Status > 299 {
			return fmt.Errorf("step %s of the history, %s %s, was answered with %d", s.ID, s.Method, s.Path, s.Golden.Status)
		}
	}
	return nil
}

// recordedReceiver is where the webhooks of the recorded broker led.
const recordedReceiver = "127.0.0.1:29090"

// receiverPort finds where the webhooks of this broker lead.
func receiverPort(base string) (string, error) {
	// The history makes a webhook under this id.
	response, err := http.Get(base + "/webhooks/my-own-chosen-webhook-id") //nolint:gosec,noctx // the broker that the script started
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	var doc struct{ Request struct{ URL string } }
	if err := json.Unmarshal(text, &doc); err != nil {
		return "", err
	}
	u, err := url.Parse(doc.Request.URL)
	if err != nil || u.Port() == "" {
		return "", fmt.Errorf("the webhook of the history calls %q, which has no port", doc.Request.URL)
	}
	return u.Port(), nil
}

// object keeps the text of its members: the order of a query's parameters
// matters.
type object = map[string]json.RawMessage

// prepare writes a scenario and returns how many of its reads it keeps.
func prepare(from, to, port string) (int, error) {
	text, err := os.ReadFile(from)
	if err != nil {
		return 0, err
	}
	var doc object
	if err := json.Unmarshal(bytes.ReplaceAll(text, []byte(recordedReceiver), []byte("127.0.0.1:"+port)), &doc); err != nil {
		return 0, err
	}
	var steps, keep []object
	if err := json.Unmarshal(doc["steps"], &steps); err != nil {
		return 0, err
	}
	for _, step := range steps {
		kept, err := undated(step)
		if err != nil {
			return 0, err
		}
		if kept {
			keep = append(keep, step)
		}
	}
	if len(keep) == 0 {
		return 0, nil
	}
	if doc["steps"], err = json.Marshal(keep); err != nil {
		return 0, err
	}
	out, err := json.Marshal(doc)
	if err != nil {
		return 0, err
	}
	return len(keep), os.WriteFile(to, out, 0o600)
}

// dated are the parts of answers that depend on when things happened: the
// recorded broker's times were spread over months after the fact, and its
// receiver of webhooks went away at another moment.
var dated = []struct {
	path              *regexp.Regexp
	ignore, unordered []string
}{
	{regexp.MustCompile(`^/pacticipants/[^/]+/branches(/[^/]+)?$`),
		[]string{"/updatedAt", "/_embedded/branches/*/updatedAt"}, []string{"/_embedded/branches", "/_links/pb:branches"}},
	{regexp.MustCompile(`/webhooks/status$|/triggered-webhooks$`),
		[]string{"/summary", "/_links/pb:error-logs", "/_embedded/triggeredWebhooks/*/status",
			"/_embedded/triggeredWebhooks/*/attemptsMade", "/_embedded/triggeredWebhooks/*/attemptsRemaining"}, nil},
	{regexp.MustCompile(`^/metrics$`), []string{"/webhookExecutions", "/triggeredWebhooks"}, nil},
}

// undated takes out of a step what depends on the clock. It returns false if
// the whole answer does, as which pacts are work in progress.
func undated(step object) (bool, error) {
	var path string
	if err := json.Unmarshal(step["path"], &path); err != nil {
		return false, err
	}
	if bytes.Contains(step["json"], []byte(`"includeWipPactsSince"`)) {
		return false, nil
	}
	for _, d := range dated {
		if !d.path.MatchString(path) {
			continue
		}
		for member, pointers := range map[string][]string{"ignore": d.ignore, "unordered": d.unordered} {
			if len(pointers) == 0 {
				continue
			}
			var list []string
			if text := step[member]; text != nil {
				if err := json.Unmarshal(text, &list); err != nil {
					return false, err
				}
			}
			text, err := json.Marshal(append(list, pointers...))
			if err != nil {
				return false, err
			}
			step[member] = text
		}
	}
	return true, nil
}

// merged writes the steps that differ on purpose into one file.
func merged(files []string, to string) error {
	all := map[string]map[string]string{}
	for _, file := range files {
		var some map[string]map[string]string
		if err := read(file, &some); err != nil {
			return err
		}
		for scenario, steps := range some {
			if all[scenario] == nil {
				all[scenario] = map[string]string{}
			}
			for step, reason := range steps {
				all[scenario][step] = reason
			}
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

func read(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}
