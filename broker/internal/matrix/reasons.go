package matrix

// warnings are about the question, not about the answer.
func (d *decider) warnings() []Reason {
	var out []Reason
	for _, i := range d.Ignored {
		if i.PacticipantID == 0 || i.Finding == NoVersion {
			out = append(out, Reason{Kind: NothingToIgnore, Consumer: i})
		}
	}
	if len(d.Specified) == 1 && !d.Query.Target.IsPlace() {
		out = append(out, Reason{Kind: NoTarget})
	}
	if d.asksLoosely() {
		out = append(out, Reason{Kind: NoVersionNumber})
	}
	return out
}

// asksLoosely reports whether versions are asked for, but none by its number.
func (d *decider) asksLoosely() bool {
	loose := false
	for _, s := range d.Query.Selectors {
		if s.Version != "" {
			return false
		}
		loose = loose || !s.IsBare()
	}
	return loose
}

// reasons are the grounds of the verdict. What does not exist makes everything
// else pointless to say.
func (d *decider) reasons() []Reason {
	if out := d.nonexistenceReasons(); len(out) > 0 {
		return out
	}
	var out []Reason
	if d.Truncated && d.Query.Compat == Strict {
		out = append(out, Reason{Kind: TooMuchToJudge, Consumer: d.Specified[0]})
	}
	for _, in := range d.missing {
		out = append(out, Reason{
			Kind:     MissingIntegration,
			Consumer: d.pick(in.Consumer, nil),
			Provider: d.pick(in.Provider, nil),
		})
	}
	for _, p := range d.passing {
		out = append(out, Reason{Kind: OnlyInRollout, Consumer: d.pick(p.consumer, nil), Provider: p.provider})
	}
	for _, wanted := range []struct {
		outcome Outcome
		kind    ReasonKind
	}{{Failed, VerificationFailed}, {Unverified, NeverVerified}} {
		for i := range d.out.Considered {
			if row := &d.out.Considered[i]; row.Outcome() == wanted.outcome {
				out = append(out, d.rowReason(wanted.kind, row))
			}
		}
	}
	switch {
	case len(out) > 0:
		return out
	case len(d.out.Considered) > 0:
		return []Reason{{Kind: AllVerified}}
	case len(d.out.Ignored) > 0:
		return []Reason{{Kind: OnlyIgnored}}
	default:
		return []Reason{{Kind: NothingRequired}}
	}
}

func (d *decider) nonexistenceReasons() []Reason {
	var out []Reason
	for _, s := range d.nonexistent() {
		out = append(out, Reason{Kind: NoSuchVersion, Consumer: s})
	}
	return out
}

func (d *decider) rowReason(kind ReasonKind, row *Row) Reason {
	r := Reason{
		Kind:     kind,
		Row:      row,
		Consumer: d.pick(row.Publication.Consumer, &row.Publication.ConsumerVersion),
		Provider: d.pick(row.Publication.Provider, row.ProviderVersion),
	}
	if len(row.Unproven) > 1 {
		r.Provider = d.pick(row.Publication.Provider, &row.Unproven[0])
		for _, v := range row.Unproven {
			r.Provider.Numbers = append(r.Provider.Numbers, v.Number)
		}
	}
	return r
}

// pick finds the resolved selector that a side of a row came from.
func (d *decider) pick(p Pacticipant, v *Version) Resolved {
	candidates := d.selection.of(p.ID)
	if len(candidates) == 1 {
		return candidates[0]
	}
	if v != nil {
		for _, c := range candidates {
			if c.Finding == OneVersion && c.Found.ID == v.ID {
				return c
			}
		}
	}
	return Resolved{Selector: Selector{Pacticipant: p.Name}, Name: p.Name, PacticipantID: p.ID}
}
