package api

import (
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
)

// encodeMetadata writes metadata as a segment of an address.
func encodeMetadata(m kernel.PactMetadata) string {
	out := links.Metadata{
		Pending: m.Pending, WIP: m.WIP,
		ConsumerVersionID:     m.ConsumerVersionID,
		ConsumerVersionNumber: m.ConsumerVersionNumber,
		ConsumerVersionTags:   m.ConsumerVersionTags,
	}
	for _, s := range m.Selectors {
		out.Selectors = append(out.Selectors, links.MetadataSelector(s))
	}
	return out.Encode()
}

// decodeMetadata reads a segment of an address; damaged text is not metadata.
func decodeMetadata(segment string) kernel.PactMetadata {
	in := links.ParseMetadata(segment)
	if !isText(in) {
		return kernel.PactMetadata{}
	}
	out := kernel.PactMetadata{
		Pending: in.Pending, WIP: in.WIP,
		ConsumerVersionID:     in.ConsumerVersionID,
		ConsumerVersionNumber: in.ConsumerVersionNumber,
		ConsumerVersionTags:   in.ConsumerVersionTags,
	}
	for _, s := range in.Selectors {
		out.Selectors = append(out.Selectors, kernel.MetadataSelector(s))
	}
	return out
}

// isText reports whether all names in metadata could be kept by a database.
func isText(m links.Metadata) bool {
	texts := append([]string{m.ConsumerVersionNumber}, m.ConsumerVersionTags...)
	for _, s := range m.Selectors {
		texts = append(texts, s.Branch, s.Tag, s.Environment)
	}
	return !slices.ContainsFunc(texts, func(text string) bool { return textProblem(text) != "" })
}
