package scale

import "time"

// number keeps the identity that results get in the order of time: version by
// version, each provider verifies what is current for it.
func (b *builder) number() {
	b.results = make([]int64, b.perPair*len(b.pairs)*b.perResult)
	var id int64
	_ = b.inTime(func(content, version, _ int) error { // the callback never fails
		id++
		from, _ := b.window(content)
		b.results[content*b.perResult+version-from] = id
		return nil
	})
}

// inTime calls fn for each result in the order of time.
func (b *builder) inTime(fn func(content, version, provider int) error) error {
	for version := range b.versions {
		for provider := range b.apps {
			for _, i := range b.byUser[provider] {
				first := b.pairs[i].first
				for content := first; content < first+b.perPair; content++ {
					if from, to := b.window(content); version < from || version >= to {
						continue
					}
					if err := fn(content, version, provider); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func (b *builder) verifications(yield func(...any) error) error {
	var id int64
	return b.inTime(func(content, version, provider int) error {
		id++
		at := b.at(b.seen(version))
		return yield(id, content+1, b.versionID(provider, version), b.success(content, version), at, at)
	})
}

// forResults calls fn for each result, content by content.
func (b *builder) forResults(fn func(p pair, content, version int, id int64) error) error {
	return b.forContents(func(p pair, content int) error {
		from, to := b.window(content)
		for version := from; version < to; version++ {
			if err := fn(p, content, version, b.results[content*b.perResult+version-from]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *builder) currentResults(yield func(...any) error) error {
	return b.forResults(func(p pair, content, version int, id int64) error {
		return yield(content+1, b.versionID(p.provider, version), id, b.success(content, version))
	})
}

func (b *builder) states(yield func(...any) error) error {
	return b.forContents(func(_ pair, content int) error {
		from, to := b.window(content)
		var main, success any
		for version := from; version < to; version++ {
			if !b.feature(version) {
				main = b.results[content*b.perResult+version-from]
			}
			if b.success(content, version) && success == nil {
				success = b.at(b.seen(version))
			}
		}
		return yield(content+1, b.results[content*b.perResult+to-1-from], main, success)
	})
}

// scopes are the successes of each content by branch and by tag.
func (b *builder) scopes(yield func(...any) error) error {
	return b.forContents(func(p pair, content int) error {
		from, to := b.window(content)
		var main, tagged span
		type feature struct {
			ref int64
			at  time.Time
		}
		var features []feature
		for version := from; version < to; version++ {
			if !b.success(content, version) {
				continue
			}
			at := b.seen(version)
			if b.feature(version) {
				features = append(features, feature{b.featureID(p.provider, version), at})
			} else {
				main.add(at)
			}
			if b.tagged(version) {
				tagged.add(at)
			}
		}
		row := func(scope int, ref int64, s span) error {
			if s.first.IsZero() {
				return nil
			}
			return yield(content+1, scope, ref, false, b.at(s.first), b.at(s.first), b.at(s.last))
		}
		if err := row(1, int64(p.provider+1), main); err != nil {
			return err
		}
		for _, f := range features {
			if err := row(1, f.ref, span{f.at, f.at}); err != nil {
				return err
			}
		}
		return row(2, int64(p.provider+1), tagged)
	})
}

// span is the first and the last moment of something.
type span struct{ first, last time.Time }

func (s *span) add(at time.Time) {
	if s.first.IsZero() {
		s.first = at
	}
	s.last = at
}
