package broker

import (
	"context"
	"crypto/x509"
	"net/url"

	"github.com/treatyhq/treaty/broker/internal/egress"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
)

// openDelivery sets up the queue of webhooks on the broker's database. From
// here on, whoever stores a firing stores its job in the same transaction.
func (b *Broker) openDelivery(ctx context.Context, db *store.Store) error {
	o := b.options.Delivery
	agent := o.UserAgent
	if agent == "" {
		agent = "Treaty " + b.options.Version
	}
	base := b.URL()
	if len(b.options.BaseURLs) > 0 {
		base = b.options.BaseURLs[0]
	}
	queue, err := delivery.New(db, b.service.Webhook, delivery.Config{
		Sender: delivery.SenderConfig{
			Egress:             egress.Policy{Rules: b.options.Domain.Webhooks, OwnMachine: o.AllowLoopback, Private: o.AllowPrivate},
			Proxy:              o.proxy(),
			SuccessCodes:       o.SuccessCodes,
			UserAgent:          agent,
			ShowSecrets:        !o.Redact,
			RootCAs:            trusted(o.Certificates),
			InsecureSkipVerify: o.SkipTLSVerification,
		},
		Schedule: o.RetrySchedule,
		BaseURL:  base,
		Periodic: b.periodic(),
		Now:      b.options.Now,
		Log:      b.log,
	})
	if err != nil {
		return err
	}
	if err := queue.Prepare(ctx); err != nil {
		return err
	}
	db.SetEnqueue(queue.Enqueue)
	b.executor.queue.Store(queue)
	b.queue = queue
	return nil
}

// trusted returns the system's certificates with more, or nil for the system's
// alone.
func trusted(more []string) *x509.CertPool {
	if len(more) == 0 {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a container may have none
	}
	for _, text := range more {
		pool.AppendCertsFromPEM([]byte(text))
	}
	return pool
}

// proxy is the proxy that was named; nil if none was. Validate has read it before.
func (o Delivery) proxy() *url.URL {
	if o.Proxy == "" {
		return nil
	}
	proxy, err := url.Parse(o.Proxy)
	if err != nil {
		return nil
	}
	return proxy
}
