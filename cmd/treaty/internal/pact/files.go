package pact

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
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/glob"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/members"
	"github.com/treatyhq/treaty/internal/pactio"
	"github.com/treatyhq/treaty/internal/shell"
)

// readPacts reads the pact files that the arguments name: files, folders (all
// their .json files) and patterns. Files of the same consumer and provider
// become one pact. What a folder or a pattern brings along that is not a pact is
// left out, and told.
func readPacts(e command.Env, args []string) ([]client.PublishedPact, error) {
	files, err := pactFiles(e, args)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, arg := range args {
		named[filepath.Clean(e.Path(arg))] = true
	}
	var pacts []client.PublishedPact
	first := map[[2]string]string{} // the file of each pair
	for _, file := range files {
		pact, err := readPact(file)
		if errors.Is(err, errNoPact) && !named[file] {
			fmt.Fprintf(e.Stderr, "%s is left out: it is not a pact\n", output.Shorten(file))
			continue
		}
		if err != nil {
			return nil, err
		}
		same := slices.IndexFunc(pacts, func(p client.PublishedPact) bool {
			return p.Consumer == pact.Consumer && p.Provider == pact.Provider
		})
		if same < 0 {
			pacts = append(pacts, pact)
			first[[2]string{pact.Consumer, pact.Provider}] = file
			continue
		}
		if pacts[same].Content, err = contract.MergeFiles(pacts[same].Content, pact.Content, contract.ReplaceNothing); err != nil {
			return nil, command.Next(fmt.Errorf("%s and %s are both pacts of %s and %s and do not go together: %w",
				file, first[[2]string{pact.Consumer, pact.Provider}], output.Shorten(pact.Consumer), output.Shorten(pact.Provider), err),
				"publish one of them, or give the interactions that differ descriptions or provider states of their own")
		}
	}
	if len(pacts) == 0 {
		return nil, command.Next(fmt.Errorf("there is no pact among the %d files", len(files)), "run the consumer's tests first: they write the pact files; then name their folder")
	}
	return pacts, nil
}

// pactFiles lists the files in a fixed order, each once.
func pactFiles(e command.Env, args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		found, err := expandArg(e, arg)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// expandArg returns the files that one argument means.
func expandArg(e command.Env, arg string) ([]string, error) {
	at := filepath.Clean(e.Path(arg))
	info, err := os.Stat(at)
	switch {
	case err == nil && info.IsDir():
		return folderFiles(e, arg, at)
	case err == nil:
		return []string{at}, nil
	case !errors.Is(err, fs.ErrNotExist):
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return nil, fmt.Errorf("%s: %w", output.Shorten(arg), err)
	case !glob.IsPattern(arg):
		return nil, noPactFile(arg, "it is not there")
	}
	matches, err := glob.Find(e.Dir, arg)
	if err != nil {
		return nil, command.Next(fmt.Errorf("the pattern %s cannot be read: %w", output.Shorten(arg), err), "close its brackets, or put \\ before what is meant as it stands")
	}
	var files []string
	for _, match := range matches {
		if info, err := os.Stat(match); err != nil || !info.IsDir() {
			files = append(files, match)
			continue
		}
		inside, err := globFiles(match, "*.json")
		if err != nil {
			return nil, err
		}
		files = append(files, inside...)
	}
	if len(files) == 0 {
		return nil, noPactFile(arg, "nothing in "+output.Shorten(filepath.Clean(e.Path(".")))+" matches the pattern")
	}
	return files, nil
}

// folderFiles are the .json files of a folder, as official clients take it. Those
// in folders below it are told, or nobody would know that they are not published.
func folderFiles(e command.Env, arg, at string) ([]string, error) {
	files, err := globFiles(at, "*.json")
	if err != nil {
		return nil, err
	}
	all, err := globFiles(at, "**/*.json")
	if err != nil {
		return nil, err
	}
	below := slices.DeleteFunc(all, func(file string) bool {
		if filepath.Dir(file) == at {
			return true
		}
		_, err := readPact(file)
		return errors.Is(err, errNoPact)
	})
	deep := filepath.ToSlash(filepath.Join(arg, "**", "*.json"))
	switch {
	case len(files) == 0 && len(below) == 0:
		return nil, noPactFile(arg, "the folder has no .json file")
	case len(files) == 0:
		return nil, command.Next(fmt.Errorf("there is no pact file at %s, but %d in folders below it", output.Shorten(arg), len(below)), "name them by a pattern: %s", shell.Quote(deep))
	case len(below) > 0:
		fmt.Fprintf(e.Stderr, "pact files in folders below %s are not taken (%d): %s would take them too\n", output.Shorten(arg), len(below), shell.Quote(deep))
	}
	return files, nil
}

// globFiles is glob without folders, whose names may end in .json as well.
func globFiles(base, pattern string) ([]string, error) {
	found, err := glob.Find(base, pattern)
	return slices.DeleteFunc(found, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.IsDir()
	}), err
}

func noPactFile(arg, why string) error {
	return command.Next(fmt.Errorf("there is no pact file at %s: %s", output.Shorten(arg), why),
		"run the consumer's tests first: they write the pact files; then name their folder")
}

// errNoPact says that a JSON file is something else than a pact.
var errNoPact = errors.New("it names no consumer or no provider")

// readPact reads one file and finds whose pact it is.
func readPact(file string) (client.PublishedPact, error) {
	content, err := pactio.ReadFile(file)
	if err != nil {
		return client.PublishedPact{}, err
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	var document json.RawMessage
	if err := json.Unmarshal(content, &document); err != nil {
		return client.PublishedPact{}, command.Next(fmt.Errorf("%s is not a pact file: %s", file, output.JSONProblem(content, err)),
			"write it anew by running the consumer's tests")
	}
	pact := client.PublishedPact{Content: content}
	pact.Consumer, _ = members.Text(content, "consumer", "name")
	pact.Provider, _ = members.Text(content, "provider", "name")
	if strings.TrimSpace(pact.Consumer) == "" || strings.TrimSpace(pact.Provider) == "" {
		why := errNoPact
		// What has interactions or messages is meant to be a pact.
		if members.Get(content, "interactions") != nil || members.Get(content, "messages") != nil {
			why = errors.New(errNoPact.Error()) // not another file by chance
		}
		return client.PublishedPact{}, command.Next(fmt.Errorf("%s is not a pact file: %w", file, why),
			"leave it out, or move it out of the folder")
	}
	if err := contract.CheckUnique(content); err != nil {
		return client.PublishedPact{}, command.Next(fmt.Errorf("%s cannot be published: %w", file, err),
			"write it anew by running the consumer's tests")
	}
	return pact, nil
}
