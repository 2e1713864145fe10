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
package manager
