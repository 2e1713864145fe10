package broker

import (
	"context"
	"crypto/x509"
	"net/netip"

	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
)

// openDelivery sets up the queue of webhooks on the broker's database. From
// here on, whoever stores a firing stores its job in the same transaction.
func (b *Broker) openDelivery(ctx context.Context, db *store.Store) error {
	o := b.options.Delivery
	hosts := b.options.Domain.Webhooks.Hosts
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
			Hosts:              hosts,
			AllowLoopback:      o.AllowLoopback || namesLoopback(hosts),
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

// namesLoopback reports whether the list of hosts that webhooks may reach names
// this machine: who lists it means it.
func namesLoopback(hosts []string) bool {
	for _, h := range hosts {
		if h == "localhost" {
			return true
		}
		if ip, err := netip.ParseAddr(h); err == nil && ip.IsLoopback() {
			return true
		}
		if network, err := netip.ParsePrefix(h); err == nil && network.Addr().IsLoopback() {
			return true
		}
	}
	return false
}
