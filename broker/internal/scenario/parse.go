package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// Scenario is a file.
type Scenario struct {
	Name  string   // of the file, without its ending
	About []string // why it is here
	Acts  []Act
}

// Act is a part of a story that ends in an answer.
type Act struct {
	Lines []Line
	Want  []string
	// From and To are where the answer stands in the file, as indexes of lines.
	From, To int
}

// Line is something that happens, or a question.
type Line struct {
	Number int    // in the file, from 1
	Text   string // of the first line, for messages
	// Try says that how the broker takes it is part of the answer.
	Try      bool
	Sentence Sentence
}

// asks reports whether the line has a part in the answer.
func (l Line) asks() bool { return l.Try || l.Sentence.word.asks }

// Error is what is wrong with a line of a file.
type Error struct {
	File string
	Line int
	Err  error
}

// Error says where in which file, and what is wrong.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap returns what is wrong, without the place.
func (e *Error) Unwrap() error { return e.Err }

const dashes = "---"

// ReadAll reads every .scenario file of a folder and of the folders in it, in
// the order of their names.
func ReadAll(files fs.FS) ([]Scenario, error) {
	var out []Scenario
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".scenario") {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		s, err := Parse(path, string(text))
		out = append(out, s)
		return err
	})
	return out, err
}

// Parse reads a scenario. An error is an *Error and names the line.
func Parse(file, text string) (Scenario, error) {
	p := parser{file: file, out: Scenario{Name: strings.TrimSuffix(file, ".scenario")}}
	if !utf8.ValidString(text) || strings.Contains(text, "\r") {
		return p.out, p.fail(1, errors.New("the file is not UTF-8 with plain line ends"))
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if err := p.line(i, line); err != nil {
			return p.out, err
		}
	}
	if err := p.endOfStory(); err != nil {
		return p.out, err
	}
	if p.answering {
		p.endOfAnswer(len(lines))
	}
	return p.out, p.complete(len(lines))
}

type parser struct {
	file string
	out  Scenario
	act  Act
	// sentence holds the lines of the sentence that is being read.
	sentence  []string
	at        int // the number of its first line
	answering bool
}

func (p *parser) fail(number int, err error) error {
	return &Error{File: p.file, Line: number, Err: err}
}

func (p *parser) line(i int, line string) error {
	blank := strings.TrimSpace(line) == ""
	switch {
	case p.answering && blank:
		p.endOfAnswer(i)
		return nil
	case p.answering:
		p.act.Want = append(p.act.Want, line)
		return nil
	case blank:
		return p.endOfStory()
	case strings.HasPrefix(line, "#"):
		p.out.About = append(p.out.About, strings.TrimSpace(strings.TrimPrefix(line, "#")))
		return p.endOfStory()
	case line == dashes:
		return p.beginAnswer(i)
	case line != strings.TrimLeft(line, " \t"):
		if len(p.sentence) == 0 {
			return p.fail(i+1, errors.New("an indented line belongs to a sentence, and there is none before it"))
		}
		p.sentence = append(p.sentence, strings.TrimSpace(line))
		return nil
	}
	if err := p.endOfStory(); err != nil {
		return err
	}
	p.sentence, p.at = []string{strings.TrimSpace(line)}, i+1
	return nil
}

// endOfStory reads the sentence that has ended, if there is one.
func (p *parser) endOfStory() error {
	if len(p.sentence) == 0 {
		return nil
	}
	line := Line{Number: p.at, Text: p.sentence[0]}
	first, try := strings.CutPrefix(p.sentence[0], "try ")
	sentence, err := readSentence(first, p.sentence[1:])
	if err != nil {
		return p.fail(p.at, err)
	}
	if sentence.word.silent && try {
		return p.fail(p.at, errors.New("there is nothing to try about that: the broker has no part in it"))
	}
	line.Try, line.Sentence = try, sentence
	p.act.Lines, p.sentence = append(p.act.Lines, line), nil
	return nil
}

func (p *parser) beginAnswer(i int) error {
	if err := p.endOfStory(); err != nil {
		return err
	}
	for _, l := range p.act.Lines {
		if l.asks() {
			p.answering, p.act.From = true, i+1
			return nil
		}
	}
	return p.fail(i+1, errors.New("there is no question before this line: ask or show something, or try it"))
}

func (p *parser) endOfAnswer(i int) {
	p.act.To = i
	p.out.Acts = append(p.out.Acts, p.act)
	p.act, p.answering = Act{}, false
}

func (p *parser) complete(end int) error {
	switch {
	case len(p.act.Lines) > 0:
		return p.fail(p.act.Lines[0].Number, errors.New("the story that begins here has no answer: a line of dashes is missing after it"))
	case len(p.out.Acts) == 0:
		return p.fail(end, errors.New("the file has no story"))
	case len(p.out.About) == 0:
		return p.fail(1, errors.New("the file does not say why it is here: begin it with a line such as # A deleted branch leaves its versions."))
	}
	return nil
}
