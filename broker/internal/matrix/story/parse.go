package story

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// ReadAll reads every .scenario file of a folder, sorted by name.
func ReadAll(files fs.FS) ([]Story, error) {
	names, err := fs.Glob(files, "*.scenario")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("there is no scenario here: a test that plays none would prove nothing")
	}
	var out []Story
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		s, err := Parse(strings.TrimSuffix(path.Base(name), ".scenario"), string(text))
		if err == nil {
			err = s.whole()
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// whole says what a file lacks, without which playing it would prove nothing.
func (s *Story) whole() error {
	switch {
	case len(s.Query.Selectors) == 0:
		return fmt.Errorf("%s: nothing is asked: a line such as \"ask Foo 1\" is missing", s.Name)
	case !s.answered:
		return fmt.Errorf("%s: there is no answer: a line --- and a verdict such as \"yes 1/0/0\" are missing", s.Name)
	}
	return nil
}

// Parse reads a scenario, or a part of one. An error names the line.
func Parse(name, text string) (Story, error) {
	s := Story{Name: name, Query: matrix.Query{LatestBy: matrix.ByVersions}}
	answering := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		var err error
		switch {
		case line == "":
		case line == "---":
			answering = true
		case answering:
			err = s.readAnswer(line)
		case strings.HasPrefix(line, "#"):
			s.About = append(s.About, strings.TrimSpace(strings.TrimPrefix(line, "#")))
		default:
			err = s.readLine(line)
		}
		if err != nil {
			return s, fmt.Errorf("%s: line %d: %w", name, i+1, err)
		}
	}
	return s, nil
}

func (s *Story) readLine(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	fields := strings.Fields(rest)
	switch word {
	case "ask":
		for _, text := range strings.Split(rest, ",") {
			words := strings.Fields(text)
			if len(words) == 0 {
				return errors.New("a selector is empty")
			}
			s.Query.Selectors = append(s.Query.Selectors, readSelector(words[0], words[1:]))
		}
	case "to":
		t := readSelector("", fields)
		s.Query.Target = matrix.Target{Tag: t.Tag, Environment: t.Environment, MainBranch: t.MainBranch, Latest: t.Latest}
	case "by":
		by, ok := map[string]matrix.LatestBy{"every": matrix.EveryRow, "cvpv": matrix.ByVersions, "cvp": matrix.ByConsumerVersion, "cp": matrix.ByIntegration}[rest]
		if !ok {
			return fmt.Errorf("rows are by cvpv, cvp, cp or every, not by %q", rest)
		}
		s.Query.LatestBy = by
	case "ignore":
		if len(fields) == 0 {
			return errors.New("ignore needs: APP [N]")
		}
		s.Query.Ignore = append(s.Query.Ignore, readSelector(fields[0], fields[1:]))
	case "limit":
		limit, err := strconv.Atoi(rest)
		s.Query.Limit = limit
		return err
	case "show":
		outcome, ok := map[string]matrix.Outcome{"ok": matrix.Passed, "failed": matrix.Failed, "unverified": matrix.Unverified}[rest]
		if !ok {
			return fmt.Errorf("unknown outcome %q", rest)
		}
		s.Query.Show = append(s.Query.Show, outcome)
	default:
		step, err := readStep(Verb(word), fields)
		s.Steps = append(s.Steps, step)
		return err
	}
	return nil
}

// readSelector reads the words after the name: a version number, or attributes.
func readSelector(name string, words []string) matrix.Selector {
	s := matrix.Selector{Pacticipant: name}
	for i := 0; i < len(words); i++ {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch words[i] {
		case "latest":
			s.Latest = true
		case "main-branch":
			s.MainBranch = true
		case "tag":
			s.Tag = next
			i++
		case "branch":
			s.Branch = next
			i++
		case "environment":
			s.Environment = next
			i++
		default:
			s.Version = words[i]
		}
	}
	return s
}

// shapes are the words that each step begins with: names in capitals, the rest
// as it stands.
var shapes = map[Verb]string{
	Publish: "APP N -> PARTNER", CreateVersion: "APP N", SetMainBranch: "APP BRANCH",
	Verify: "APP N : PARTNER M OUTCOME", AddEnvironment: "ENV",
	Deploy: "APP N ENV", Undeploy: "APP N ENV", Release: "APP N ENV", Unrelease: "APP N ENV",
	StartRollout: "APP N ENV", Promote: "APP N ENV", Abort: "APP N ENV",
}

func readStep(verb Verb, fields []string) (Step, error) {
	shape, known := shapes[verb]
	if !known {
		return Step{}, fmt.Errorf("unknown step %q", verb)
	}
	s := Step{Verb: verb}
	places := strings.Fields(shape)
	if len(fields) < len(places) {
		return s, fmt.Errorf("%s needs: %s", verb, shape)
	}
	for i, place := range places {
		if err := s.set(place, fields[i]); err != nil {
			return s, err
		}
	}
	extra := fields[len(places):]
	if len(extra)%2 != 0 {
		return s, fmt.Errorf("%q needs a value", extra[len(extra)-1])
	}
	for i := 0; i < len(extra); i += 2 {
		if err := s.set(extra[i], extra[i+1]); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *Step) set(place, value string) error {
	switch place {
	case "APP":
		s.App = value
	case "N":
		s.Number = value
	case "PARTNER":
		s.Partner = value
	case "M":
		s.PartnerNumber = value
	case "ENV":
		s.Environment = value
	case "BRANCH", "branch":
		s.Branch = value
	case "content":
		s.Content = value
	case "instance":
		s.Instance = value
	case "tags":
		s.Tags = strings.Split(value, ",")
	case "OUTCOME":
		if value != "ok" && value != "failed" {
			return fmt.Errorf("the outcome is ok or failed, not %q", value)
		}
		s.Success = value == "ok"
	default:
		if place != value {
			return fmt.Errorf("unknown word %q", place)
		}
	}
	return nil
}

func (s *Story) readAnswer(line string) error {
	if text, ok := strings.CutPrefix(line, "original:"); ok {
		answer, err := readVerdict(strings.TrimSpace(text))
		s.Original = &answer
		return err
	}
	if !s.answered {
		answer, err := readVerdict(line)
		s.Want, s.answered = answer, true
		return err
	}
	s.Want.Sentences = append(s.Want.Sentences, line)
	return nil
}

// readVerdict reads a line such as "no 1/1/0 ignored 1".
func readVerdict(line string) (Answer, error) {
	fields := strings.Fields(line)
	a := Answer{}
	if len(fields) == 0 {
		return a, errors.New("the verdict is missing: it is yes, no, unknown or invalid")
	}
	switch fields[0] {
	case "invalid":
		a.Invalid = true
		return a, nil
	case "yes":
		a.Verdict = matrix.Deployable
	case "no":
		a.Verdict = matrix.NotDeployable
	case "unknown":
		a.Verdict = matrix.Unknown
	default:
		return a, fmt.Errorf("the verdict is yes, no, unknown or invalid, not %q", fields[0])
	}
	if len(fields) < 2 {
		return a, errors.New("the verdict needs its counts, such as 1/0/0")
	}
	c := &a.Counts
	if _, err := fmt.Sscanf(fields[1], "%d/%d/%d", &c.Success, &c.Failed, &c.Unknown); err != nil {
		return a, fmt.Errorf("the counts are like 1/0/0, not %q", fields[1])
	}
	if len(fields) == 4 && fields[2] == "ignored" {
		count, err := strconv.Atoi(fields[3])
		c.Ignored = count
		return a, err
	}
	return a, nil
}
