package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// delivery is a webhook that the receiver has answered.
type delivery struct {
	id string // X-Treaty-Delivery: the same each time it is sent
	// about is what it tells: hookAbout of a write.
	about  string
	sender string // the replica
	at     time.Time
}

// receiver takes webhooks and counts them. It can hold those of one replica,
// which are then under way and never answered.
type receiver struct {
	server *http.Server
	url    string

	mu      sync.Mutex
	taken   []delivery
	strange []string // what came and was not a webhook
	holding string   // the replica that gets no answer
	held    map[string]bool
}

// hookBody is what the webhook sends; its values come from the event.
const hookBody = `{"event":"${pactbroker.eventName}","consumer":"${pactbroker.consumerName}","version":"${pactbroker.consumerVersionNumber}","provider":"${pactbroker.providerVersionNumber}"}`

// The events that are waited for.
const (
	published = "contract_published"
	verified  = "provider_verification_published"
)

// hookAbout is the text by which a delivery is found again. What a publication
// tells of the provider hangs on when it is sent.
func hookAbout(event, consumer, version, provider string) string {
	if event == published {
		provider = ""
	}
	return strings.Join([]string{event, consumer, version, provider}, " ")
}

func newReceiver(ctx context.Context) (*receiver, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{url: "http://" + listener.Addr().String() + "/hook", held: map[string]bool{}}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: time.Minute}
	go func() { _ = r.server.Serve(listener) }() // it ends when it is closed
	return r, nil
}

func (r *receiver) close() { _ = r.server.Close() } // what is left of it is of no use

// ServeHTTP answers a webhook and notes it, or notes it and never answers.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	d := delivery{id: request.Header.Get("X-Treaty-Delivery"), sender: request.UserAgent()}
	var told struct{ Event, Consumer, Version, Provider string }
	text, err := io.ReadAll(request.Body)
	if err == nil {
		err = json.Unmarshal(text, &told)
	}
	if err != nil || d.id == "" || told.Event == "" {
		r.mu.Lock()
		r.strange = append(r.strange, fmt.Sprintf("%s %q: %v", d.id, text, err))
		r.mu.Unlock()
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	d.about = hookAbout(told.Event, told.Consumer, told.Version, told.Provider)
	r.mu.Lock()
	if r.holding == d.sender {
		r.held[d.id] = true
		r.mu.Unlock()
		<-request.Context().Done() // until the sender is dead
		return
	}
	d.at = time.Now()
	r.taken = append(r.taken, d)
	r.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// hold leaves the webhooks of a replica unanswered from now on.
func (r *receiver) hold(sender string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holding = sender
}

// underWay is how many webhooks are held.
func (r *receiver) underWay() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.held)
}

// deliveries returns what was taken, and the ids of what was held.
func (r *receiver) deliveries() (taken []delivery, held map[string]bool, strange []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivery(nil), r.taken...), r.held, append([]string(nil), r.strange...)
}
