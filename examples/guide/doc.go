// Package guide is a small consumer, for the samples of docs/guide: a
// storefront that asks a catalog for products and listens to its events.
package guide
