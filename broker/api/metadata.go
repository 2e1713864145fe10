package api

import (
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/links"
)

// encodeMetadata writes metadata as a segment of an address.
func encodeMetadata(m broker.PactMetadata) string {
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

// decodeMetadata reads a segment of an address; damaged text is no metadata.
func decodeMetadata(segment string) broker.PactMetadata {
	in := links.ParseMetadata(segment)
	out := broker.PactMetadata{
		Pending: in.Pending, WIP: in.WIP,
		ConsumerVersionID:     in.ConsumerVersionID,
		ConsumerVersionNumber: in.ConsumerVersionNumber,
		ConsumerVersionTags:   in.ConsumerVersionTags,
	}
	for _, s := range in.Selectors {
		out.Selectors = append(out.Selectors, broker.MetadataSelector(s))
	}
	return out
}
