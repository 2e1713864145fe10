package contract

import "maps"

// message writes the members of a message into t.
func (e *encoder) message(t tree, m Message) error {
	meta := tree{}
	maps.Copy(meta, m.Metadata)
	if e.version < V4 {
		e.declareType(meta, m)
	}
	if len(meta) > 0 {
		t["metadata"] = meta
	}
	typed := m
	typed.Metadata = meta
	if err := e.body(t, "contents", "message", m.Contents, typed.contentType()); err != nil {
		return err
	}
	return e.rulesAndGenerators(t, "message", m.Rules, m.Generators)
}

// declareType adds the content type to the metadata of a V3 message where a
// reader would guess another one.
func (e *encoder) declareType(meta tree, m Message) {
	if m.Contents.State != BodyPresent || m.Contents.ContentType == "" || m.contentType() != "" {
		return
	}
	kind, _ := ParseContentType(m.Contents.ContentType)
	guess := SniffContentType(m.Contents.Content)
	if kind.IsJSON() && validJSON(m.Contents.Content) {
		guess = typeJSON
		if r := raw(trimSpace(m.Contents.Content)); r.isString() {
			guess = SniffContentType([]byte(r.text()))
		}
	}
	if guess != m.Contents.ContentType {
		meta["contentType"] = m.Contents.ContentType
	}
}

func (e *encoder) syncMessage(t tree, m *SyncMessage) error {
	request := withExtra(m.Request.Extra)
	if err := e.message(request, m.Request); err != nil {
		return err
	}
	answers := []tree{}
	for _, one := range m.Responses {
		answer := withExtra(one.Extra)
		if err := e.message(answer, one); err != nil {
			return err
		}
		answers = append(answers, answer)
	}
	t["request"], t["response"] = request, answers
	return nil
}
