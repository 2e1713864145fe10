package web

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/layered"
)

const (
	// laidOutWithin is how long a layout may take, and waitedForDrawing how long a
	// page waits for it. What takes longer is there for the next look.
	laidOutWithin    = 2 * time.Second
	waitedForDrawing = 500 * time.Millisecond
	// drawingsKept bounds what is kept, and what waits for its turn.
	drawingsKept = 24
)

// errNotYet says that a drawing is being made.
var errNotYet = errors.New("the drawing is being made")

// drawings lays out graphs behind the requests, one at a time, and keeps those that
// were looked at last under what they show: also that one cannot be drawn, so that
// nobody tries it twice.
type drawings struct {
	ending <-chan struct{}
	turn   chan struct{}
	busy   sync.WaitGroup

	mu    sync.Mutex
	kept  map[graphKey]*drawn
	order []graphKey // the oldest first
}

type graphKey [sha256.Size]byte

// drawn is a drawing; what is in it is there when done is closed.
type drawn struct {
	done    chan struct{}
	drawing layered.Drawing
	err     error
}

func newDrawings(ending <-chan struct{}) *drawings {
	return &drawings{ending: ending, turn: make(chan struct{}, 1), kept: map[graphKey]*drawn{}}
}

// of returns the drawing of a graph, or errNotYet after a while.
func (d *drawings) of(ctx context.Context, g layered.Graph) (layered.Drawing, error) {
	if len(g.Nodes) > layered.MostNodes || len(g.Edges) > layered.MostEdges {
		return layered.Drawing{}, layered.ErrTooLarge
	}
	one := d.begin(g)
	if one == nil {
		return layered.Drawing{}, errNotYet
	}
	waited := time.NewTimer(waitedForDrawing)
	defer waited.Stop()
	select {
	case <-one.done:
		return one.drawing, one.err
	case <-ctx.Done():
		return layered.Drawing{}, ctx.Err()
	case <-waited.C:
		return layered.Drawing{}, errNotYet
	}
}

// begin finds what is kept of a graph, or lets it be made; nil if too many wait.
func (d *drawings) begin(g layered.Graph) *drawn {
	key := keyOf(g)
	d.mu.Lock()
	defer d.mu.Unlock()
	if one := d.kept[key]; one != nil {
		return one
	}
	if !d.makeRoom() {
		return nil
	}
	one := &drawn{done: make(chan struct{})}
	d.kept[key] = one
	d.order = append(d.order, key)
	d.busy.Go(func() { d.lay(one, g) })
	return one
}

// makeRoom forgets the oldest drawing that is done, if there are too many.
func (d *drawings) makeRoom() bool {
	if len(d.order) < drawingsKept {
		return true
	}
	for i, key := range d.order {
		select {
		case <-d.kept[key].done:
			delete(d.kept, key)
			d.order = append(d.order[:i], d.order[i+1:]...)
			return true
		default:
		}
	}
	return false
}

// lay waits for its turn and lays out the graph, as long as that may take.
func (d *drawings) lay(one *drawn, g layered.Graph) {
	defer close(one.done)
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-d.ending:
		one.err = context.Canceled
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), laidOutWithin)
	defer cancel()
	stopped := make(chan struct{})
	defer close(stopped)
	d.busy.Go(func() {
		select {
		case <-d.ending:
			cancel()
		case <-stopped:
		}
	})
	one.drawing, one.err = layered.Lay(ctx, g)
}

// wait returns when nothing is laid out any more.
func (d *drawings) wait() { d.busy.Wait() }

// keyOf is the same for graphs that are drawn alike.
func keyOf(g layered.Graph) (key graphKey) {
	text := make([]byte, 0, 8*(len(g.Nodes)+len(g.Edges))+8)
	add := func(a, b int) {
		text = binary.LittleEndian.AppendUint32(text, uint32(a)) //nolint:gosec // sizes and places are small
		text = binary.LittleEndian.AppendUint32(text, uint32(b)) //nolint:gosec // sizes and places are small
	}
	add(len(g.Nodes), len(g.Edges))
	for _, n := range g.Nodes {
		add(n.Width, n.Height)
	}
	for _, e := range g.Edges {
		add(e.From, e.To)
	}
	return sha256.Sum256(text)
}
