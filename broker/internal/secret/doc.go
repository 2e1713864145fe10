// Package secret keeps the values that webhooks send and nobody is shown, and says
// where they may go.
//
// A value is stored encrypted with AES-256-GCM, under the first of the keys that the
// broker was started with. What decides where it goes (its uuid, its name, its team, its
// hosts) is authenticated with it: a row whose value was taken from another row, or whose
// hosts were changed in the database, cannot be opened.
package secret
