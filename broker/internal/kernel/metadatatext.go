package kernel

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// maxMetadata bounds what is decoded of an address, in bytes.
const maxMetadata = 64 << 10

// IsZero reports whether m says nothing.
func (m PactMetadata) IsZero() bool {
	return len(m.Selectors) == 0 && m.Pending == nil && !m.WIP &&
		m.ConsumerVersionID == 0 && m.ConsumerVersionNumber == "" && len(m.ConsumerVersionTags) == 0
}

// Encode returns m as the segment of an address: Base64 for URLs, without
// padding, of a nested query. It is the form of Pact Broker, so addresses kept
// in build systems go on working.
func (m PactMetadata) Encode() string {
	var q nestedQuery
	for _, s := range m.Selectors {
		q.add("s[][b]", s.Branch)
		q.add("s[][t]", s.Tag)
		switch {
		case s.Latest:
			q.add("s[][l]", "true")
		case s.NotLatest:
			q.add("s[][l]", "false")
		}
		q.add("s[][e]", s.Environment)
		q.addID("s[][cv]", s.ConsumerVersionID)
	}
	if m.Pending != nil {
		q.add("p", strconv.FormatBool(*m.Pending))
	}
	q.add("cvn", m.ConsumerVersionNumber)
	for _, t := range m.ConsumerVersionTags {
		q.add("cvt[]", t)
	}
	q.addID("cv", m.ConsumerVersionID)
	if m.WIP {
		q.add("w", "true")
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(q, "&")))
}

type nestedQuery []string

func (q *nestedQuery) add(key, value string) {
	if value != "" {
		*q = append(*q, url.QueryEscape(key)+"="+url.QueryEscape(value))
	}
}

func (q *nestedQuery) addID(key string, id int64) {
	if id != 0 {
		q.add(key, strconv.FormatInt(id, 10))
	}
}

// DecodeMetadata reads what Encode wrote, with or without padding. What cannot
// be read counts as absent: an address that somebody cut short still names its
// pact.
func DecodeMetadata(segment string) PactMetadata {
	var m PactMetadata
	if len(segment) > maxMetadata {
		return m
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(segment, "="))
	if err != nil {
		return m
	}
	for _, pair := range strings.Split(string(text), "&") {
		name, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(name)
		if err != nil {
			continue
		}
		if value, err = url.QueryUnescape(value); err == nil {
			m.set(key, value)
		}
	}
	return m
}

func (m *PactMetadata) set(key, value string) {
	switch key {
	case "p":
		pending := value == "true"
		m.Pending = &pending
	case "w":
		m.WIP = value == "true"
	case "cvn":
		m.ConsumerVersionNumber = value
	case "cvt[]":
		m.ConsumerVersionTags = append(m.ConsumerVersionTags, value)
	case "cv":
		m.ConsumerVersionID = readID(value)
	default:
		if field, ok := strings.CutPrefix(key, "s[]["); ok {
			m.setSelector(strings.TrimSuffix(field, "]"), value)
		}
	}
}

// setSelector adds a field to the last selector, or to a new one if the last is
// complete: each ends with its consumer version. Reading it by repeated keys,
// as nested queries usually are, would mix neighbours.
func (m *PactMetadata) setSelector(field, value string) {
	if n := len(m.Selectors); n == 0 || m.Selectors[n-1].ConsumerVersionID != 0 {
		m.Selectors = append(m.Selectors, MetadataSelector{})
	}
	s := &m.Selectors[len(m.Selectors)-1]
	switch field {
	case "b":
		s.Branch = value
	case "t":
		s.Tag = value
	case "l":
		s.Latest, s.NotLatest = value == "true", value == "false"
	case "e":
		s.Environment = value
	case "cv":
		s.ConsumerVersionID = readID(value)
	}
}

func readID(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}
