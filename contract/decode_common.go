package contract

import "fmt"

// common reads what all kinds of interaction share before V4. skip names the
// members that the caller reads.
func (d *decoder) common(o object, unnamed string, skip map[string]bool) Common {
	var c Common
	c.States = d.states(o)
	for _, m := range o {
		switch m.name {
		case "_id":
			c.ID = m.value.text()
		case "description":
			if !m.value.isNull() {
				c.Description = m.value.text()
			}
		case "_links", "providerStates", "providerState", "provider_state":
		default:
			if !skip[m.name] {
				c.Extra = keep(c.Extra, m)
			}
		}
	}
	if o.get("description") == nil || o.get("description").isNull() {
		d.note("description", "is missing; %q is taken", unnamed)
		c.Description = unnamed
	}
	return c
}

// states reads provider states in the forms of V3 ("providerStates"), V2
// ("providerState") and the first Ruby files ("provider_state").
func (d *decoder) states(o object) []ProviderState {
	if list := o.get("providerStates"); list != nil {
		return d.stateList(list)
	}
	one := o.first("providerState", "provider_state")
	if one == nil || one.isNull() || one.text() == "" {
		return nil
	}
	if one.isArray() {
		return d.stateList(one)
	}
	if one.isObject() {
		return []ProviderState{d.state(one)}
	}
	return []ProviderState{{Name: one.text()}}
}

func (d *decoder) stateList(r raw) []ProviderState {
	if !r.isArray() {
		if !r.isNull() {
			d.note("providerStates", "is %s instead of a list and is left out", r.kind())
		}
		return nil
	}
	var states []ProviderState
	for _, element := range r.elements() {
		if element.isNull() {
			continue
		}
		states = append(states, d.state(element))
	}
	return states
}

// unknownState is the name the reference implementation gives to a state without one.
const unknownState = "unknown provider states"

func (d *decoder) state(r raw) ProviderState {
	if !r.isObject() {
		return ProviderState{Name: r.text()}
	}
	o := r.members()
	s := ProviderState{Name: unknownState}
	if name := o.get("name"); name != nil && !name.isNull() {
		s.Name = name.text()
	} else {
		d.note("providerStates", "has a state without a name; %q is taken", unknownState)
	}
	params := o.first("params", "parameters")
	if params != nil && !params.isObject() && !params.isNull() {
		d.note("providerStates", "has parameters that are %s instead of an object", params.kind())
	}
	s.Params = params.values()
	return s
}

func numbered(kind string, n int) string { return fmt.Sprintf("%s %d", kind, n) }
