package scale

import "fmt"

// forContents calls fn for each content of each pair.
func (b *builder) forContents(fn func(p pair, content int) error) error {
	for _, p := range b.pairs {
		for content := p.first; content < p.first+b.perPair; content++ {
			if err := fn(p, content); err != nil {
				return err
			}
		}
	}
	return nil
}

// born is the first consumer version with a content.
func (b *builder) born(content int) int {
	if b.isInProgress(content) {
		return b.inProgress()
	}
	return (content%b.perPair*b.versions + b.perPair - 2) / (b.perPair - 1)
}

func (b *builder) contents(yield func(...any) error) error {
	return b.forContents(func(p pair, content int) error {
		return yield(content+1, p.consumer+1, p.provider+1, fmt.Sprintf("%040x", content+1), 3, b.at(b.seen(b.born(content))))
	})
}

func (b *builder) contentBodies(yield func(...any) error) error {
	return b.forContents(func(_ pair, content int) error { return yield(content+1, b.bodies[content%len(b.bodies)]) })
}

// forPublications calls fn for each publication in the order of identities.
func (b *builder) forPublications(fn func(id int64, version, pairIndex int) error) error {
	var id int64
	return b.forVersions(func(version, app int) error {
		for _, i := range b.byApp[app] {
			id++
			if err := fn(id, version, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// publicationID is the identity of the publication of a version for a pair.
func (b *builder) publicationID(version, pairIndex int) int64 {
	return int64(version*len(b.pairs) + pairIndex + 1)
}

func (b *builder) publications(yield func(...any) error) error {
	return b.forPublications(func(id int64, version, i int) error {
		p := b.pairs[i]
		return yield(id, b.versionID(p.consumer, version), p.provider+1, p.consumer+1, 1, b.contentOf(i, version)+1, b.at(b.seen(version)))
	})
}

func (b *builder) currentPacts(yield func(...any) error) error {
	return b.forPublications(func(id int64, version, i int) error {
		p := b.pairs[i]
		return yield(b.versionID(p.consumer, version), p.provider+1, p.consumer+1, id, b.contentOf(i, version)+1, b.at(b.seen(version)))
	})
}

func (b *builder) integrations(yield func(...any) error) error {
	for _, p := range b.pairs {
		if err := yield(p.consumer+1, p.provider+1, b.versionID(p.consumer, b.versions-1), b.at(b.seen(b.versions-1)), b.at(start)); err != nil {
			return err
		}
	}
	return nil
}

// headPacts are those of the main branches, of every feature branch and of the
// tag.
func (b *builder) headPacts(yield func(...any) error) error {
	row := func(kind int, ref int64, version, i int) error {
		p := b.pairs[i]
		return yield(p.provider+1, kind, ref, p.consumer+1, b.publicationID(version, i), b.contentOf(i, version)+1, b.at(b.seen(version)))
	}
	for i, p := range b.pairs {
		if err := row(1, int64(p.consumer+1), b.head(), i); err != nil {
			return err
		}
		for version := range b.versions {
			if b.feature(version) {
				if err := row(1, b.featureID(p.consumer, version), version, i); err != nil {
					return err
				}
			}
		}
		if err := row(2, int64(p.consumer+1), b.lastTagged(), i); err != nil {
			return err
		}
	}
	return nil
}
