// Package usecasetest is what tests of several subjects share: databases to run
// on, pacts to publish, and a player that does the steps of a gate's story.
package usecasetest
