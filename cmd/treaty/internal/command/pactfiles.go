package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/pactio"
)

// readPacts reads the pact files that the arguments name: files, folders (all
// their .json files) and patterns. Files of the same consumer and provider
// become one pact.
func readPacts(e Env, args []string) ([]client.PublishedPact, error) {
	files, err := pactFiles(e, args)
	if err != nil {
		return nil, err
	}
	var pacts []client.PublishedPact
	for _, file := range files {
		pact, err := readPact(file)
		if err != nil {
			return nil, err
		}
		same := slices.IndexFunc(pacts, func(p client.PublishedPact) bool {
			return p.Consumer == pact.Consumer && p.Provider == pact.Provider
		})
		if same < 0 {
			pacts = append(pacts, pact)
			continue
		}
		if pacts[same].Content, err = contract.MergeFiles(pacts[same].Content, pact.Content, contract.ReplaceNothing); err != nil {
			return nil, fmt.Errorf("%s does not go together with the other pact of %s and %s: %w", file, pact.Consumer, pact.Provider, err)
		}
	}
	return pacts, nil
}

// pactFiles lists the files in a fixed order, each once.
func pactFiles(e Env, args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		found, err := expandArg(e.Path(arg))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shorten(arg), err)
		}
		if len(found) == 0 {
			return nil, next(fmt.Errorf("there is no pact file at %s", shorten(arg)),
				"run the consumer's tests first: they write the pact files; then name their folder")
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func expandArg(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return filepath.Glob(filepath.Join(path, "*.json"))
	case err == nil:
		return []string{path}, nil
	case errors.Is(err, fs.ErrNotExist):
		return filepath.Glob(path)
	default:
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return nil, err
	}
}

// readPact reads one file and finds whose pact it is.
func readPact(file string) (client.PublishedPact, error) {
	content, err := pactio.ReadFile(file)
	if err != nil {
		return client.PublishedPact{}, err
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	var header struct {
		Consumer struct{ Name string } `json:"consumer"`
		Provider struct{ Name string } `json:"provider"`
	}
	if err := json.Unmarshal(content, &header); err != nil {
		return client.PublishedPact{}, next(fmt.Errorf("%s is not a pact file: %s", file, jsonProblem(content, err)),
			"write it anew by running the consumer's tests")
	}
	pact := client.PublishedPact{Consumer: header.Consumer.Name, Provider: header.Provider.Name, Content: content}
	if strings.TrimSpace(pact.Consumer) == "" || strings.TrimSpace(pact.Provider) == "" {
		return client.PublishedPact{}, next(fmt.Errorf("%s is not a pact file: it names no consumer or no provider", file),
			"leave it out, or move it out of the folder")
	}
	return pact, nil
}

// jsonProblem says where JSON breaks.
func jsonProblem(content []byte, err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err.Error()
	}
	before := content[:min(int(syntax.Offset), len(content))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("line %d: %v", line, err)
}
