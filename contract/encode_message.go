package contract

import "maps"

// message writes the members of a message into t. A V3 message whose type a
// reader would not guess declares it in the metadata.
func (e *encoder) message(t tree, m Message) error {
	meta := tree{}
	maps.Copy(meta, m.Metadata)
	declared := m.contentType()
	err := e.body(t, "contents", "message", m.Contents, declared)
	if err != nil && declared == "" && m.Contents.ContentType != "" {
		declared = m.Contents.ContentType
		meta["contentType"] = declared
		err = e.body(t, "contents", "message", m.Contents, declared)
	}
	if err != nil {
		return err
	}
	if len(meta) > 0 {
		t["metadata"] = meta
	}
	return e.rulesAndGenerators(t, "message", m.Rules, m.Generators)
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
