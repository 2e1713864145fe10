package links

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// Metadata travels in the URL of a pact from the answer that selected it to
// the request that publishes its result: why the pact was selected, and for
// which consumer versions. Clients treat it as opaque text. The form is Pact
// Broker's, so links that stand in old pipelines keep their meaning.
type Metadata struct {
	// Selectors say what each consumer version was selected by.
	Selectors []MetadataSelector
	// Pending is the pending status at the time, nil if it was not asked for.
	Pending *bool
	// WIP says that the pact was added as work in progress.
	WIP bool
	// ConsumerVersionID is the database's number of one version, 0 for none.
	ConsumerVersionID int64
	// ConsumerVersionNumber and ConsumerVersionTags name the version in links
	// of results and of webhooks.
	ConsumerVersionNumber string
	ConsumerVersionTags   []string
}

// MetadataSelector is one consumer version with what it was selected by.
type MetadataSelector struct {
	Branch string
	Tag    string
	Latest bool
	// NotLatest says that latest was given as false.
	NotLatest         bool
	Environment       string
	ConsumerVersionID int64
}

// maxMetadata bounds what is read of an address, in bytes.
const maxMetadata = 64 << 10

// IsZero reports whether there is nothing to tell.
func (m Metadata) IsZero() bool {
	return len(m.Selectors) == 0 && m.Pending == nil && !m.WIP && m.ConsumerVersionNumber == "" &&
		len(m.ConsumerVersionTags) == 0 && m.ConsumerVersionID == 0
}

// Encode writes the metadata as one URL segment: unpadded URL-safe Base64 of a
// nested query string. It returns "" for the zero value.
func (m Metadata) Encode() string {
	if m.IsZero() {
		return ""
	}
	var query nestedQuery
	for _, s := range m.Selectors {
		s.write(&query)
	}
	if m.Pending != nil {
		query.add("p", strconv.FormatBool(*m.Pending))
	}
	if m.ConsumerVersionNumber != "" {
		query.add("cvn", m.ConsumerVersionNumber)
	}
	for _, tag := range m.ConsumerVersionTags {
		query.add("cvt[]", tag)
	}
	if m.ConsumerVersionID != 0 {
		query.add("cv", strconv.FormatInt(m.ConsumerVersionID, 10))
	}
	if m.WIP {
		query.add("w", "true")
	}
	return base64.RawURLEncoding.EncodeToString([]byte(query.String()))
}

// write puts the version last, as Pact Broker does. It also closes the
// selector for ParseMetadata, so that two of them are never read as one.
func (s MetadataSelector) write(query *nestedQuery) {
	if s.Branch != "" {
		query.add("s[][b]", s.Branch)
	}
	if s.Tag != "" {
		query.add("s[][t]", s.Tag)
	}
	if s.Latest || s.NotLatest {
		query.add("s[][l]", strconv.FormatBool(s.Latest))
	}
	if s.Environment != "" {
		query.add("s[][e]", s.Environment)
	}
	query.add("s[][cv]", strconv.FormatInt(s.ConsumerVersionID, 10))
}

type nestedQuery struct{ parts []string }

func (q *nestedQuery) add(key, value string) {
	q.parts = append(q.parts, url.QueryEscape(key)+"="+url.QueryEscape(value))
}

func (q *nestedQuery) String() string { return strings.Join(q.parts, "&") }

// ParseMetadata reads what Encode or a Pact Broker wrote. Text that is not, or is
// longer than 64 KB, reads as no metadata: a link with a damaged segment still leads to its
// pact.
func ParseMetadata(segment string) Metadata {
	if len(segment) > maxMetadata {
		return Metadata{}
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(segment, "="))
	if err != nil {
		return Metadata{}
	}
	var meta Metadata
	for _, part := range strings.Split(string(text), "&") {
		if key, value, ok := unescapePair(part); ok {
			meta.read(key, value)
		}
	}
	return meta
}

func unescapePair(part string) (key, value string, ok bool) {
	rawKey, rawValue, found := strings.Cut(part, "=")
	key, keyErr := url.QueryUnescape(rawKey)
	value, valueErr := url.QueryUnescape(rawValue)
	return key, value, found && keyErr == nil && valueErr == nil
}

func (m *Metadata) read(key, value string) {
	switch key {
	case "p":
		if pending, err := strconv.ParseBool(value); err == nil {
			m.Pending = &pending
		}
	case "w":
		m.WIP = value == "true"
	case "cvn":
		m.ConsumerVersionNumber = value
	case "cvt[]":
		m.ConsumerVersionTags = append(m.ConsumerVersionTags, value)
	case "cv":
		m.ConsumerVersionID = readID(value)
	default:
		if name, isSelector := strings.CutPrefix(key, "s[]["); isSelector {
			m.readSelector(strings.TrimSuffix(name, "]"), value)
		}
	}
}

// readSelector adds an attribute to the last selector, or begins the next one
// where the last is complete or has that attribute already.
func (m *Metadata) readSelector(name, value string) {
	if len(m.Selectors) == 0 || m.Selectors[len(m.Selectors)-1].has(name) {
		m.Selectors = append(m.Selectors, MetadataSelector{})
	}
	last := &m.Selectors[len(m.Selectors)-1]
	switch name {
	case "b":
		last.Branch = value
	case "t":
		last.Tag = value
	case "e":
		last.Environment = value
	case "l":
		last.Latest, last.NotLatest = value == "true", value == "false"
	case "cv":
		last.ConsumerVersionID = readID(value)
	}
}

func (s MetadataSelector) has(name string) bool {
	if s.ConsumerVersionID != 0 {
		return true
	}
	switch name {
	case "b":
		return s.Branch != ""
	case "t":
		return s.Tag != ""
	case "e":
		return s.Environment != ""
	case "l":
		return s.Latest || s.NotLatest
	}
	return false
}

// readID reads the database's number of a version, 0 if it is not one.
func readID(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}
