package contract

import "strings"

var skipMessage = map[string]bool{
	"contents": true, "content": true, "metaData": true, "metadata": true, "matchingRules": true, "generators": true,
}

// messageV3 reads a message of a V3 message pact.
func (d *decoder) messageV3(o object, number int) (*AsyncMessage, error) {
	m := &AsyncMessage{Common: d.common(o, numbered("Message", number), skipMessage)}
	var err error
	m.Message, err = d.message(o, "")
	return m, err
}

// DecodeMessage reads the contents and metadata of a message as they stand in
// a pact file of version v: members contents, metadata (or metaData),
// matchingRules and generators. Other members are ignored. The error is a
// [*FormatError].
func DecodeMessage(data []byte, v SpecVersion) (Message, error) {
	o, d, err := fragment(data, v, "message")
	if err != nil {
		return Message{}, err
	}
	return d.message(o, "")
}

// message reads what a V3 message, a V4 asynchronous message and each part of
// a synchronous one have in common.
func (d *decoder) message(o object, part string) (Message, error) {
	var m Message
	meta := o.first("metadata", "metaData")
	if meta != nil && !meta.isObject() && !meta.isNull() {
		d.note(join(part, "metadata"), "is %s instead of an object and is left out", meta.kind())
	}
	m.Metadata = meta.values()
	m.Contents = d.body(o.first("contents", "content"), m.contentType(), join(part, "contents"))
	var err error
	m.Rules, m.Generators, err = d.rulesAndGenerators(o, nil, part)
	return m, err
}

func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}

// contentType is the type that the metadata declares; of several spellings
// the alphabetically first wins.
func (m Message) contentType() string {
	found := ""
	value := ""
	for key, v := range m.Metadata {
		if !strings.EqualFold(key, "contentType") && !strings.EqualFold(key, "content-type") {
			continue
		}
		if text, ok := v.(string); ok && (found == "" || key < found) {
			found, value = key, strings.TrimSpace(text)
		}
	}
	return value
}
