// Package manager runs mock servers for consumers in any language: a master
// server makes one from each pact it is sent, reports whether it was used as the
// pact says, and then writes the pact into a folder.
//
// The routes are those of Pact's mock server:
//
//	GET    /                            all mock servers
//	POST   /                            make one of the pact in the body
//	GET    /mockserver/{id or port}     one of them
//	POST   /mockserver/{id or port}/verify
//	DELETE /mockserver/{id or port}     stop it
//	POST   /shutdown                    stop the master, with its key
//	GET    /_treaty                     a page for people
//
// A program has a handler of them:
//
//	m := manager.New(manager.Config{Output: "pacts", Key: key})
//	defer m.Close()
//	err := http.ListenAndServe("127.0.0.1:8080", m.Handler())
//
// A test in Go has no need of it: package dsl starts a mock server of its own.
// Only interactions over HTTP are played; messages of a pact are written with it.
// There are no passwords: who reaches the address may make mock servers. Pages of
// other sites in a browser are refused, also where their name leads to the address.
package manager
