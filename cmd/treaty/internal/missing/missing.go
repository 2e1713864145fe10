// Package missing words that a broker does not have what was named, and offers
// the names that it has and that look alike. It asks the broker only then.
package missing

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/near"
	"github.com/treatyhq/treaty/internal/shell"
)

// Application explains err, the failure to find something by the name of an
// application, if that is because there is no such application.
func Application(ctx context.Context, broker *client.Client, name string, err error) error {
	if !errors.Is(err, client.ErrNotFound) {
		return err
	}
	if unknown := NoApplication(ctx, broker, name); unknown != nil {
		return unknown
	}
	return err
}

// NoApplication is the error that there is no application of this name; nil if
// there is one, or if the broker does not tell.
func NoApplication(ctx context.Context, broker *client.Client, name string) error {
	list, err := broker.ListPacticipants(ctx)
	if err != nil {
		return nil //nolint:nilerr // what was tried before has an error of its own
	}
	names := namesOf(list.Entries, func(p client.Pacticipant) string { return p.Name })
	if slices.Contains(names, name) {
		return nil
	}
	return command.Next(offer(name, names, "there is no application '%s'", output.Shorten(name)),
		"see which applications there are with: treaty list-pacticipants")
}

// Version explains err, the failure to find a version: there is no such
// application, or it has no such version.
func Version(ctx context.Context, broker *client.Client, application, number string, err error) error {
	if !errors.Is(err, client.ErrNotFound) {
		return err
	}
	numbers, listErr := latestNumbers(ctx, broker, application)
	if listErr != nil {
		return Application(ctx, broker, application, err)
	}
	return command.Next(offer(number, numbers, "there is no version '%s' of %s", output.Shorten(number), output.Shorten(application)),
		"see its latest version with: %s", shell.Join([]string{"treaty", "describe-version", "--pacticipant", application, "--latest"}))
}

// Place explains err, the failure to bring a version to an environment, by how to make
// the one thing that is missing.
func Place(ctx context.Context, broker *client.Client, d client.Deployment, err error) error {
	base := broker.BaseURL()
	switch {
	case errors.Is(err, client.ErrNoEnvironment):
		if list, listErr := broker.ListEnvironments(ctx); listErr == nil {
			if question := near.Sentence(d.Environment, namesOf(list.Entries, func(e client.Environment) string { return e.Name })); question != "" {
				err = fmt.Errorf("%w.%s", err, question)
			}
		}
		return command.Next(err, "create it with: %s", shell.Join([]string{
			"treaty", "create-environment", "--name=" + d.Environment, "--broker-base-url", base}))
	case errors.Is(err, client.ErrNoVersion):
		err = fmt.Errorf("%w%s", err, Alike(ctx, broker, d.Pacticipant, d.Version))
		return command.Next(err, "publish its pacts or verification results or, if it has none, record that it exists with: %s", shell.Join([]string{
			"treaty", "create-or-update-version", "--pacticipant=" + d.Pacticipant, "--version=" + d.Version, "--broker-base-url", base}))
	default:
		return err
	}
}

// Environment explains err, the failure to find an environment by its name.
func Environment(ctx context.Context, broker *client.Client, name string, err error) error {
	if !errors.Is(err, client.ErrNotFound) {
		return err
	}
	list, listErr := broker.ListEnvironments(ctx)
	if listErr != nil {
		return err
	}
	names := namesOf(list.Entries, func(e client.Environment) string { return e.Name })
	if slices.Contains(names, name) {
		return err
	}
	return command.Next(offer(name, names, "there is no environment '%s'", output.Shorten(name)),
		"see which environments there are with: treaty list-environments")
}

// EnvironmentUUID explains err, the failure to find an environment by its UUID.
// Who has given a name is told the UUID that belongs to it.
func EnvironmentUUID(ctx context.Context, broker *client.Client, uuid string, err error) error {
	if !errors.Is(err, client.ErrNotFound) {
		return err
	}
	list, listErr := broker.ListEnvironments(ctx)
	if listErr != nil {
		return err
	}
	names := namesOf(list.Entries, func(e client.Environment) string { return e.Name })
	meant := append([]string{uuid}, near.Names(uuid, names)...)
	for _, name := range meant {
		for _, e := range list.Entries {
			if e.Name == name {
				return command.Next(offer("", nil, "there is no environment with the UUID '%s'", output.Shorten(uuid)),
					"if %s is meant, give its UUID: --uuid %s", e.Name, shell.Quote(e.UUID))
			}
		}
	}
	uuids := namesOf(list.Entries, func(e client.Environment) string { return e.UUID })
	return command.Next(offer(uuid, uuids, "there is no environment with the UUID '%s'", output.Shorten(uuid)), "see the UUIDs with: treaty list-environments")
}

// offer is an error with a question after it if one of the names looks like what
// was named.
func offer(named string, names []string, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if question := near.Sentence(named, names); question != "" {
		text += "." + question
	}
	return errors.New(text)
}

// Alike is ". Did you mean …?" for a version of an application, by the number if
// there is the application, else by its name; "" if nothing looks alike.
func Alike(ctx context.Context, broker *client.Client, application, number string) string {
	named := number
	names, err := latestNumbers(ctx, broker, application)
	if err != nil {
		list, err := broker.ListPacticipants(ctx)
		if err != nil {
			return ""
		}
		named, names = application, namesOf(list.Entries, func(p client.Pacticipant) string { return p.Name })
	}
	if question := near.Sentence(named, names); question != "" {
		return "." + question
	}
	return ""
}

// Shortened is " Did you mean …?" for a version of an application that is written short,
// as pages and git do; "" if none of its latest versions begins with it.
func Shortened(ctx context.Context, broker *client.Client, application, number string) string {
	numbers, err := latestNumbers(ctx, broker, application)
	if err != nil || len(number) < shortestCommit {
		return ""
	}
	return near.Sentence(number, slices.DeleteFunc(numbers, func(n string) bool {
		return len(n) <= len(number) || !strings.EqualFold(n[:len(number)], number)
	}))
}

// shortestCommit is how much git writes of a commit at least.
const shortestCommit = 4

// mostVersions is how many versions of an application are looked at, the latest
// first: a misspelt number is not a reason to read all.
const mostVersions = "100"

// latestNumbers lists numbers of an application's latest versions.
func latestNumbers(ctx context.Context, broker *client.Client, application string) ([]string, error) {
	p, err := broker.FindPacticipant(ctx, application)
	if err != nil {
		return nil, err
	}
	link, found := p.Links.Find("pb:versions")
	if !found {
		return nil, nil
	}
	var answer struct {
		Embedded struct {
			Versions []struct {
				Number string `json:"number"`
			} `json:"versions"`
		} `json:"_embedded"`
	}
	address, err := url.Parse(link.Href)
	if err != nil {
		return nil, nil //nolint:nilerr // without the list nothing looks alike
	}
	query := address.Query()
	query.Set("pageNumber", "1")
	query.Set("pageSize", mostVersions)
	address.RawQuery = query.Encode()
	if err := broker.Get(ctx, address.String(), &answer); err != nil {
		return nil, nil //nolint:nilerr // the same
	}
	var numbers []string
	for _, v := range answer.Embedded.Versions {
		numbers = append(numbers, v.Number)
	}
	return numbers, nil
}

func namesOf[T any](entries []T, name func(T) string) []string {
	out := make([]string, len(entries))
	for i, entry := range entries {
		out[i] = name(entry)
	}
	return out
}
