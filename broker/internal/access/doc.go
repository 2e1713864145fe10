// Package access decides who may do what. A request needs a right; whoever makes it
// holds permissions, which are a right and what it is for. The decision is a pure
// function of the two: it knows neither HTTP nor storage.
//
// Rights, permissions and predefined roles have the names by which PactFlow's clients
// know them (https://docs.pactflow.io/docs/permissions), so that what is written for
// it says here what it says there.
package access
