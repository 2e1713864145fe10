package suite_test

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
)

// row is one line of a table by column name; empty cells are left out.
type row map[string]string

func rows(table *godog.Table) []row {
	var list []row
	for _, r := range table.Rows[1:] {
		line := row{}
		for i, cell := range r.Cells {
			if cell.Value != "" {
				line[table.Rows[0].Cells[i].Value] = cell.Value
			}
		}
		list = append(list, line)
	}
	return list
}

// transposed reads a table whose first column holds the names.
func transposed(table *godog.Table) row {
	line := row{}
	for _, r := range table.Rows {
		line[r.Cells[0].Value] = r.Cells[1].Value
	}
	return line
}

var quotedItem = regexp.MustCompile(`'([^']*)'`)

// addHeaders reads cells such as "'X-A: 1', 'X-B: 2'".
func addHeaders(headers contract.Values, cell string, raw bool) {
	for _, m := range quotedItem.FindAllStringSubmatch(cell, -1) {
		name, value, _ := strings.Cut(m[1], ":")
		values := contract.SplitHeader(name, value)
		if raw {
			values = []string{strings.TrimSpace(value)}
		}
		headers[name] = append(headers[name], values...)
	}
}

// content is a body as the suite's cells describe it.
type content struct {
	data        []byte
	contentType string
	empty       bool
}

// wrapped is the element that keeps a body and its type in "-body.xml" files.
type wrapped struct {
	ContentType string `xml:"contentType"`
	Contents    struct {
		Encoding string `xml:"encoding,attr"`
		EOL      string `xml:"eol,attr"`
		Text     string `xml:",chardata"`
	} `xml:"contents"`
}

// content reads "file: x", "JSON: {...}", "XML: <...>", "EMPTY" or plain text.
func (w *world) content(cell string) (content, error) {
	switch {
	case cell == "EMPTY":
		return content{empty: true}, nil
	case strings.HasPrefix(cell, "JSON:"):
		return content{data: []byte(strings.TrimSpace(cell[5:])), contentType: "application/json"}, nil
	case strings.HasPrefix(cell, "XML:"):
		return content{data: []byte(strings.TrimSpace(cell[4:])), contentType: "application/xml"}, nil
	case strings.HasPrefix(cell, "file:"):
		return w.fileContent(strings.TrimSpace(cell[5:]))
	}
	return content{data: []byte(cell), contentType: "text/plain"}, nil
}

func (w *world) fileContent(name string) (content, error) {
	data, err := w.fixture(name)
	if err != nil {
		return content{}, err
	}
	if strings.HasSuffix(name, "-body.xml") {
		return unwrap(data)
	}
	types := map[string]string{"json": "application/json", "xml": "application/xml", "jpg": "image/jpeg", "pdf": "application/pdf"}
	return content{data: data, contentType: types[name[strings.LastIndex(name, ".")+1:]]}, nil
}

func unwrap(data []byte) (content, error) {
	var body wrapped
	if err := xml.Unmarshal(data, &body); err != nil {
		return content{}, err
	}
	text := strings.TrimSpace(body.Contents.Text)
	if body.Contents.EOL == "CRLF" {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	}
	c := content{data: []byte(text), contentType: strings.TrimSpace(body.ContentType)}
	if body.Contents.Encoding == "base64" {
		var err error
		if c.data, err = base64.StdEncoding.DecodeString(text); err != nil {
			return content{}, err
		}
	}
	return c, nil
}

// setBody puts a cell's body into a part. A type that the part's headers
// already name stays for plain text; override is the "content type" column.
func (w *world) setBody(cell, override string, headers contract.Values, body *contract.Body) error {
	c, err := w.content(cell)
	if err != nil {
		return err
	}
	declared := headers.Get("Content-Type")
	switch {
	case override != "":
		c.contentType = override
	case len(declared) > 0 && (c.contentType == "text/plain" || c.empty):
		c.contentType = declared[0]
	}
	if c.contentType != "" {
		for name := range headers {
			if strings.EqualFold(name, "content-type") {
				delete(headers, name)
			}
		}
		headers["content-type"] = []string{c.contentType}
	}
	*body = contract.NewBody(c.data, c.contentType)
	return nil
}

// rules reads a "matching rules" cell.
func (w *world) rules(cell string) (contract.RuleSet, error) {
	data, err := w.document(cell)
	if err != nil {
		return nil, err
	}
	return contract.DecodeRules(data)
}

// document is a cell that names a fixture or holds JSON.
func (w *world) document(cell string) ([]byte, error) {
	if text, ok := strings.CutPrefix(cell, "JSON:"); ok {
		return []byte(strings.TrimSpace(text)), nil
	}
	return w.fixture(strings.TrimSpace(strings.TrimPrefix(cell, "file:")))
}

// request changes r as a line of a table says.
func (w *world) request(line row, r *contract.Request) error {
	r.Headers = clone(r.Headers)
	if r.Method == "" {
		r.Method, r.Path = "GET", "/"
	}
	if v, ok := line["method"]; ok {
		r.Method = v
	}
	if v, ok := line["path"]; ok {
		r.Path = v
	}
	if v, ok := line["query"]; ok {
		r.Query = contract.ParseQuery(v)
	}
	for name, raw := range map[string]bool{"headers": false, "raw headers": true} {
		if v, ok := line[name]; ok { // they replace what was there
			r.Headers = contract.Values{}
			addHeaders(r.Headers, v, raw)
		}
	}
	if v, ok := line["body"]; ok {
		if err := w.setBody(v, line["content type"], r.Headers, &r.Body); err != nil {
			return err
		}
	}
	return w.addRules(line["matching rules"], line["generators"], &r.Rules, &r.Generators)
}

// response changes r as a line of a table says; its columns are those of
// interactions, with "status" as another name for "response".
func (w *world) response(line row, r *contract.Response) error {
	r.Headers = clone(r.Headers)
	if r.Status == 0 {
		r.Status = 200
	}
	for _, name := range []string{"response", "status"} {
		if v, ok := line[name]; ok {
			status, err := strconv.Atoi(v)
			if err != nil {
				return err
			}
			r.Status = status
		}
	}
	if v, ok := line["response headers"]; ok {
		headers := contract.Values{}
		addHeaders(headers, v, false)
		for name, values := range headers {
			r.Headers[name] = values
		}
	}
	if v, ok := line["response body"]; ok {
		if err := w.setBody(v, line["response content"], r.Headers, &r.Body); err != nil {
			return err
		}
	}
	return w.addRules(line["response matching rules"], "", &r.Rules, &r.Generators)
}

func (w *world) addRules(rules, generators string, set *contract.RuleSet, gens *contract.GeneratorSet) error {
	var err error
	if rules != "" {
		if *set, err = w.rules(rules); err != nil {
			return err
		}
	}
	if generators != "" {
		data, err := w.document(generators)
		if err != nil {
			return err
		}
		if *gens, err = contract.DecodeGenerators(data); err != nil {
			return err
		}
	}
	return nil
}

func clone(values contract.Values) contract.Values {
	out := contract.Values{}
	for name, list := range values {
		out[name] = list
	}
	return out
}

// defineInteractions is the step that most HTTP features begin with.
func (w *world) defineInteractions(table *godog.Table) error {
	w.interactions = map[int]*contract.HTTP{}
	for _, line := range rows(table) {
		number, err := strconv.Atoi(line["No"])
		if err != nil {
			return err
		}
		i := &contract.HTTP{Common: contract.Common{ID: fmt.Sprintf("ID%d", number), Description: fmt.Sprintf("Interaction %d", number)}}
		if err := w.request(line, &i.Request); err != nil {
			return err
		}
		if err := w.response(line, &i.Response); err != nil {
			return err
		}
		w.interactions[number] = i
	}
	return nil
}

// numbered finds interactions by a list such as "1, 2".
func (w *world) numbered(list string) ([]*contract.HTTP, error) {
	var found []*contract.HTTP
	for _, text := range strings.Split(list, ",") {
		number, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		i, ok := w.interactions[number]
		if !ok {
			return nil, fmt.Errorf("there is no interaction %d", number)
		}
		found = append(found, i)
	}
	return found, nil
}

// said undoes the escapes of a quoted step argument.
func said(text string) string { return strings.ReplaceAll(text, `\"`, `"`) }
