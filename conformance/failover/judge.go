package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// outcome is what one round of a fault came to.
type outcome struct {
	fault string
	round int

	acknowledged, lost int
	hooks, lostHooks   int // webhooks that are due
	doubled            int // deliveries of what had come already
	reads              int // good ones
	refused            int // 503
	broken             int // connections
	wrong              int // answers that no fault allows
	slowest            time.Duration
	gap                time.Duration
	takeover           time.Duration // since a replica's death, or since the end of the fault
	took               time.Duration

	problems []string
}

func (o *outcome) problem(format string, args ...any) {
	o.problems = append(o.problems, fmt.Sprintf(format, args...))
}

// judge compares what the clients and the receiver saw with what may be.
func (s *scene) judge(lost []write) outcome {
	out := outcome{fault: s.fault.name, problems: slices.Clone(s.notes)}
	answers, writes := s.ledger.copies()
	out.acknowledged, out.lost = len(writes), len(lost)
	for _, w := range lost[:min(3, len(lost))] {
		out.problem("lost: the %s %s, acknowledged by replica-%d at %s", w.what, w.path, w.replica+1, clock(w.at))
	}
	kinds := map[string]int{}
	for _, w := range writes {
		kinds[w.what]++
	}
	for _, kind := range []string{"publication", "result", "deployment", "tag"} {
		if kinds[kind] < 10 {
			out.problem("only %d times was a %s acknowledged: that is hardly a load", kinds[kind], kind)
		}
	}
	s.judgeAnswers(&out, answers)
	s.judgeGap(&out, answers)
	s.judgeWebhooks(&out, writes)
	return out
}

// judgeAnswers counts the answers, and names each kind of wrong one once.
func (s *scene) judgeAnswers(out *outcome, answers []answer) {
	seen := map[string]int{}
	first := map[string]answer{}
	wrong := func(kind string, a answer) {
		if seen[kind]++; seen[kind] == 1 {
			first[kind] = a
		}
		out.wrong++
	}
	for _, a := range answers {
		out.slowest = max(out.slowest, a.took)
		switch {
		case a.status == 0:
			out.broken++
			if !s.fault.broken || a.replica != s.dead {
				wrong("a broken connection for "+a.what, a)
			}
		case a.status == 503:
			out.refused++
		case a.good() && !a.write:
			out.reads++
		}
		if a.wrong != "" {
			wrong(a.wrong+" for "+a.what, a)
		}
		if a.took > answerLimit {
			wrong("an answer too late for "+a.what, a)
		}
		if s.readMustBeGood(a) && !a.good() && a.wrong == "" {
			wrong("a read refused for "+a.what, a)
		}
		if s.readMustBeGood(a) && a.took > readLimit {
			wrong("a slow read for "+a.what, a)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(seen)) {
		n, a := seen[kind], first[kind]
		out.problem("%d times %s; at %s after %.2f s by replica-%d: %d %s", n, kind, clock(a.at), a.took.Seconds(), a.replica+1, a.status, oneLine(a.text))
	}
	if share := float64(out.refused) / float64(max(1, len(answers))); s.fault.refused > 0 && share > s.fault.refused {
		out.problem("%d of %d requests were answered 503, at most %.0f %%", out.refused, len(answers), 100*s.fault.refused)
	}
	if out.reads < 50 {
		out.problem("only %d reads were answered: that is hardly a load", out.reads)
	}
}

// readLimit is how long a read may take while only writes are in trouble.
const readLimit = 5 * time.Second

// readMustBeGood is so for reads while the fault lasts, where it does not
// touch them. A replica that dies takes those with it that it works on.
func (s *scene) readMustBeGood(a answer) bool {
	return s.fault.readsGoOn && !a.write && (a.status != 0 || a.replica != s.dead) && !a.at.Before(s.struck)
}

func oneLine(text string) string { return shorten(strings.Join(strings.Fields(text), " ")) }

// judgeGap takes for each replica the longest time without an acknowledged
// write, from the end of the fault to the end of the load. The one that died
// counts once it answers again.
func (s *scene) judgeGap(out *outcome, answers []answer) {
	for number := range s.replicas {
		from := s.healed
		if number == s.dead {
			from = s.deadUntil
		}
		out.gap = max(out.gap, longestGap(answers, number, from, s.ended))
	}
	if out.gap > s.fault.gap {
		out.problem("a replica acknowledged nothing for %.1f s, at most %.0f s", out.gap.Seconds(), s.fault.gap.Seconds())
	}
}

// longestGap is the longest time between two writes that a replica has
// acknowledged, or between one and an end of the time that is looked at.
func longestGap(answers []answer, replica int, from, to time.Time) time.Duration {
	var moments []time.Time
	for _, a := range answers {
		if at := a.at.Add(a.took); a.write && a.good() && a.replica == replica && at.After(from) && at.Before(to) {
			moments = append(moments, at)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	longest, last := time.Duration(0), from
	for _, at := range append(moments, to) {
		longest, last = max(longest, at.Sub(last)), at
	}
	return longest
}

// judgeWebhooks looks for the webhook of each acknowledged write.
func (s *scene) judgeWebhooks(out *outcome, writes []write) {
	taken, held, strange := s.receiver.deliveries()
	for _, text := range strange[:min(3, len(strange))] {
		out.problem("the receiver got what is not a webhook: %s", text)
	}
	times := map[string]int{}
	ids := map[string]string{}
	for _, d := range taken {
		if times[d.id]++; times[d.id] > 1 {
			out.doubled++
		}
		if id, known := ids[d.about]; known && id != d.id {
			out.problem("fired twice: %s, as %s and %s", d.about, id, d.id)
		}
		ids[d.about] = d.id
	}
	for _, w := range writes {
		if w.hook != "" {
			out.hooks++
		}
	}
	lost := undelivered(writes, taken)
	out.lostHooks = len(lost)
	for _, w := range lost[:min(3, len(lost))] {
		out.problem("no webhook for the %s %s, acknowledged by replica-%d at %s", w.what, w.path, w.replica+1, clock(w.at))
	}
	for id := range held {
		if times[id] == 0 {
			out.lostHooks++
			out.problem("the webhook %s was under way in the replica that died, and did not come again", id)
		}
	}
	out.takeover = s.takeover(writes, taken, held)
	most := s.fault.takeover
	if most == 0 {
		most = lateLimit
	}
	if out.takeover > most {
		out.problem("a webhook came %.1f s after the fault, at most %.0f s", out.takeover.Seconds(), most.Seconds())
	}
}

// lateLimit is when a webhook comes too late where no replica died.
const lateLimit = 30 * time.Second

// undelivered are the writes whose webhook has not come.
func undelivered(writes []write, taken []delivery) []write {
	came := map[string]bool{}
	for _, d := range taken {
		came[d.about] = true
	}
	var out []write
	for _, w := range writes {
		if w.hook != "" && !came[w.hook] {
			out = append(out, w)
		}
	}
	return out
}

// takeover is how long after the end of the fault the last webhook came of
// those that were due before, the held ones among them.
func (s *scene) takeover(writes []write, taken []delivery, held map[string]bool) time.Duration {
	due := map[string]bool{}
	for _, w := range writes {
		if w.hook != "" && w.at.Before(s.healed) {
			due[w.hook] = true
		}
	}
	longest, seen := time.Duration(0), map[string]bool{}
	for _, d := range taken {
		if (due[d.about] || held[d.id]) && !seen[d.id] {
			longest = max(longest, d.at.Sub(s.healed))
		}
		seen[d.id] = true
	}
	return longest
}
