// Package broker makes a running broker out of its parts: the database, the use
// cases, the HTTP interface with its dashboard. What it does is told over HTTP;
// package client speaks that.
//
//	options := broker.DefaultOptions()
//	options.Port = 0
//	b, err := broker.New(ctx, options) // opens the database, binds the port
//	b.Start()                          // answers requests
//	defer b.Stop()                     // drains, closes
//
// [Run] does all of it until its context ends.
package broker
