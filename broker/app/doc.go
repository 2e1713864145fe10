// Package app makes a running broker out of its parts: the database, the
// service, the HTTP interface with its dashboard.
//
//	options := app.DefaultOptions()
//	options.Port = 0
//	broker, err := app.New(ctx, options) // opens the database, binds the port
//	broker.Start()                       // answers requests
//	defer broker.Stop()                  // drains, closes
//
// [Run] does all of it until its context ends.
package app
