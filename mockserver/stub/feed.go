package stub

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/caught"
	"github.com/treatyhq/treaty/internal/errlog"
)

// Feed keeps a server's interactions as its sources have them. Files and what
// is fetched are read apart, so that a broker that is down keeps no change of a
// file waiting. It is safe for concurrent use.
type Feed struct {
	sources       Sources
	local, remote part

	// mu guards the pacts of both parts, and the order of exchanges.
	mu sync.Mutex
}

// part is one half of the sources. Only one goroutine reads a part.
type part struct {
	read    func(context.Context) ([]document, error)
	pacts   []*contract.Pact
	sum     [sha256.Size]byte // of the texts that pacts came from
	failing bool
}

// Open reads all sources. An error names the one that cannot be read;
// ErrNoSource is one of them.
func Open(ctx context.Context, sources Sources) (*Feed, error) {
	f := &Feed{sources: sources, local: part{read: sources.readLocal}, remote: part{read: sources.readRemote}}
	if !sources.local() && !sources.remote() {
		return nil, ErrNoSource
	}
	for _, p := range []*part{&f.local, &f.remote} {
		if _, err := f.load(ctx, p); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Table returns the interactions as they were read last, files first.
func (f *Feed) Table() *Table {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.table()
}

func (f *Feed) table() *Table {
	return NewTable(append(f.local.pacts[:len(f.local.pacts):len(f.local.pacts)], f.remote.pacts...))
}

// load reads a part and reports whether it differs from what was read before.
// After an error everything is as it was.
func (f *Feed) load(ctx context.Context, p *part) (changed bool, err error) {
	// Files of all kinds come by here, and some while the server runs.
	if fault := caught.Do(func() { changed, err = f.loadPart(ctx, p) }); fault != nil {
		return false, fmt.Errorf("a pact cannot be taken, which is a fault of the stub server; please report it with the pact: %w", fault)
	}
	return changed, err
}

func (f *Feed) loadPart(ctx context.Context, p *part) (changed bool, err error) {
	documents, err := p.read(ctx)
	if err != nil {
		return false, err
	}
	sum := fingerprint(documents)
	if sum == p.sum {
		return false, nil
	}
	pacts, err := f.sources.decode(documents)
	if err != nil {
		return false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p.pacts, p.sum = pacts, sum
	return true, nil
}

func fingerprint(documents []document) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, d := range documents {
		// With its length in front, no text can pass for two.
		for _, text := range [][]byte{[]byte(d.source), d.text} {
			h.Write(binary.AppendUvarint(nil, uint64(len(text))))
			h.Write(text)
		}
	}
	h.Sum(sum[:0])
	return sum
}

// refresh reads a part again and exchanges the server's interactions if it has
// changed. What cannot be read is logged once, until it can be read again; the
// server keeps what it has.
func (f *Feed) refresh(ctx context.Context, s *Server, p *part) {
	log := s.options.Log
	changed, err := f.load(ctx, p)
	switch {
	case err != nil && ctx.Err() != nil: // the server is being stopped
	case err != nil && p.failing:
		log.Debug("the pacts still cannot be read", errlog.Attr(err))
	case err != nil:
		p.failing = true
		log.Error("the pacts cannot be read again, the earlier ones are kept", errlog.Attr(err))
	case p.failing:
		p.failing = false
		log.Info("the pacts can be read again")
	}
	if !changed {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var table *Table
	if fault := caught.Do(func() { table = f.table() }); fault != nil {
		log.Error("the pacts cannot be served, which is a fault of the stub server; the earlier ones are kept", errlog.Attr(fault))
		return
	}
	s.Swap(table)
	log.Info("pacts were read again", "interactions", table.Len())
}
