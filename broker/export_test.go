package broker

// CloseStore closes the database under a broker that runs.
func CloseStore(b *Broker) error { return b.database.store.Load().Close() }
