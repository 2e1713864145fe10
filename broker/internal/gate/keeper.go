package gate

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

const (
	// mostWaiting bounds how many answers wait to be written, mostTogether how
	// many are written in one transaction.
	mostWaiting  = 2048
	mostTogether = 100
	// saveLimit is how long a transaction with answers may take.
	saveLimit = 20 * time.Second
	// settleLimit is how long who asks for kept answers waits for those that are
	// still to be written.
	settleLimit = 3 * time.Second
)

// keeper writes answers behind those who got them. Its zero value is ready.
type keeper struct {
	mu      sync.Mutex
	waiting []kernel.GateAnswer
	// dropped counts those for which there was no room.
	dropped int
	// idle is closed when nothing waits and nothing is being written; nil if that
	// is so.
	idle chan struct{}
	// cancel ends the transaction that is under way, gaveUp those that come.
	cancel context.CancelFunc
	gaveUp bool
}

// saver writes answers; dropped is how many were given up before.
type saver func(ctx context.Context, some []kernel.GateAnswer, dropped int)

// add has an answer written by save, which nobody waits for. It is false if there is
// no room for it.
func (k *keeper) add(a kernel.GateAnswer, save saver) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.waiting) >= mostWaiting {
		k.dropped++
		return false
	}
	k.waiting = append(k.waiting, a)
	if k.idle == nil {
		k.idle = make(chan struct{})
		go k.write(save)
	}
	return true
}

// write writes what waits until nothing does: what comes while a transaction is
// made last goes together into the next one.
func (k *keeper) write(save saver) {
	for {
		k.mu.Lock()
		n := min(len(k.waiting), mostTogether)
		if n == 0 && k.dropped == 0 {
			close(k.idle)
			k.idle, k.waiting = nil, nil
			k.mu.Unlock()
			return
		}
		some, dropped := k.waiting[:n:n], k.dropped
		k.waiting, k.dropped = k.waiting[n:], 0
		ctx, cancel := context.WithTimeout(context.Background(), saveLimit)
		k.cancel = cancel
		if k.gaveUp {
			cancel()
		}
		k.mu.Unlock()
		save(ctx, some, dropped)
		cancel()
	}
}

// giveUp ends what is being written, and writes nothing any more.
func (k *keeper) giveUp() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gaveUp = true
	if k.cancel != nil {
		k.cancel()
	}
}

// settle waits until nothing waits to be written, and is false if ctx ends before.
func (k *keeper) settle(ctx context.Context) bool {
	for {
		k.mu.Lock()
		idle := k.idle
		k.mu.Unlock()
		if idle == nil {
			return true
		}
		select {
		case <-idle:
		case <-ctx.Done():
			return false
		}
	}
}

// save writes answers in one transaction. Where that is not possible they are
// given up: the answers themselves were given.
func (s *Service) save(ctx context.Context, answers []kernel.GateAnswer, dropped int) {
	err := ctx.Err()
	if err == nil && len(answers) > 0 {
		err = s.Store.Update(ctx, func(tx kernel.Tx) error {
			for _, a := range answers {
				if _, err := tx.SaveGateAnswer(a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		s.memory.forget(answers)
		dropped += len(answers)
	}
	if dropped > 0 {
		s.Log.WarnContext(ctx, "answers of the gate were given and not kept", slog.Int("answers", dropped), errlog.Attr(err))
	}
}

// settleFor lets who asks for kept answers find those that were just given.
func (s *Service) settleFor(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	s.keeper.settle(ctx)
}

// Settle waits until the answers that were given are kept. If ctx ends before, they
// are given up.
func (s *Service) Settle(ctx context.Context) {
	if !s.keeper.settle(ctx) {
		s.keeper.giveUp()
	}
}
