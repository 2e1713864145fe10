package app

import (
	"context"
	"crypto/x509"
	"net/netip"

	"github.com/treatyhq/treaty/broker/delivery"
	"github.com/treatyhq/treaty/broker/store"
)

// openDelivery sets up the queue of webhooks on the broker's database. From
// here on, whoever stores a firing stores its job in the same transaction.
func (a *App) openDelivery(ctx context.Context, db *store.Store) error {
	o := a.options.Delivery
	hosts := a.options.Domain.Webhooks.Hosts
	agent := o.UserAgent
	if agent == "" {
		agent = "Treaty " + a.options.Version
	}
	base := a.URL()
	if len(a.options.BaseURLs) > 0 {
		base = a.options.BaseURLs[0]
	}
	queue, err := delivery.New(ctx, db.DB(), db.Postgres(), a.Service, delivery.Config{
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
		Periodic: a.periodic(),
		Now:      a.options.Now,
		Log:      a.log,
	})
	if err != nil {
		return err
	}
	db.SetEnqueue(queue.Enqueue)
	a.Service.Webhooks = queue
	a.queue = queue
	a.defers(queue.Stop)
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
