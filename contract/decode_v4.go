package contract

import "strings"

var (
	commonV4 = map[string]bool{
		"type": true, "key": true, "pending": true, "comments": true, "pluginConfiguration": true,
		"interactionMarkup": true, "transport": true,
	}
	skipHTTPV4  = union(commonV4, map[string]bool{"request": true, "response": true})
	skipAsyncV4 = union(commonV4, skipMessage)
	skipSyncV4  = skipHTTPV4
)

func union(sets ...map[string]bool) map[string]bool {
	out := map[string]bool{}
	for _, set := range sets {
		for name := range set {
			out[name] = true
		}
	}
	return out
}

// interactionV4 reads an interaction by its member "type".
func (d *decoder) interactionV4(o object, number int) (Interaction, error) {
	unnamed := numbered("Interaction", number)
	kind, err := d.kind(o)
	if err != nil {
		return nil, err
	}
	switch kind {
	case KindAsyncMessage:
		m := &AsyncMessage{Common: d.commonV4(o, unnamed, skipAsyncV4)}
		m.Message, err = d.message(o, "")
		return m, err
	case KindSyncMessage:
		return d.syncMessage(o, unnamed)
	default:
		i := &HTTP{Common: d.commonV4(o, unnamed, skipHTTPV4)}
		return i, d.exchange(i, o)
	}
}

func (d *decoder) kind(o object) (Kind, error) {
	r := o.get("type")
	if r == nil && o.get("request").isObject() && o.get("response").isObject() {
		d.note("type", "is missing; %q is taken", KindHTTP)
		return KindHTTP, nil
	}
	for _, kind := range []Kind{KindHTTP, KindAsyncMessage, KindSyncMessage} {
		if r.isString() && strings.EqualFold(r.text(), string(kind)) {
			return kind, nil
		}
	}
	found := "nothing"
	if r != nil {
		found = clip(r)
	}
	return "", d.fail("type", "expected one of %q, %q, %q, found %s", KindHTTP, KindAsyncMessage, KindSyncMessage, found)
}

// commonV4 adds the members that V4 brought.
func (d *decoder) commonV4(o object, unnamed string, skip map[string]bool) Common {
	c := d.common(o, unnamed, skip)
	if key := o.get("key"); key != nil && !key.isNull() {
		c.Key = key.text()
	}
	c.Pending = o.get("pending").isTrue()
	if transport := o.get("transport"); transport != nil && !transport.isNull() {
		c.Transport = transport.text()
	}
	c.Comments = o.get("comments").values()
	c.PluginConfiguration = o.get("pluginConfiguration").values()
	if markup := o.get("interactionMarkup").members(); markup != nil {
		c.Markup = &Markup{Text: markup.get("markup").text(), Type: markup.get("markupType").text()}
	}
	return c
}

// syncMessage reads a request message and its answers. The answer may be a
// single object in files of some tools.
func (d *decoder) syncMessage(o object, unnamed string) (Interaction, error) {
	m := &SyncMessage{Common: d.commonV4(o, unnamed, skipSyncV4)}
	request, response := o.get("request"), o.get("response")
	if !request.isObject() {
		return nil, d.fail("request", "expected an object with contents, found %s", request.kind())
	}
	answers := response.elements()
	switch {
	case response.isObject():
		d.note("response", "is an object instead of a list; it is taken as the only answer")
		answers = []raw{response}
	case response == nil || response.isNull():
		d.note("response", "is missing; the request is taken to have no answer")
	case !response.isArray():
		return nil, d.fail("response", "expected a list of messages, found %s", response.kind())
	}
	var err error
	if m.Request, err = d.messagePart(request, "request"); err != nil {
		return nil, err
	}
	for i, answer := range answers {
		part := numberedPart("response", i)
		if !answer.isObject() {
			return nil, d.fail(part, "expected an object with contents, found %s", answer.kind())
		}
		one, err := d.messagePart(answer, part)
		if err != nil {
			return nil, err
		}
		m.Responses = append(m.Responses, one)
	}
	return m, nil
}

func (d *decoder) messagePart(r raw, part string) (Message, error) {
	o := r.members()
	m, err := d.message(o, part)
	for _, member := range o {
		if !skipMessage[member.name] {
			m.Extra = keep(m.Extra, member)
		}
	}
	return m, err
}
