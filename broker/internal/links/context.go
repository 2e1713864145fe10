package links

import "context"

type contextKey struct{}

// seen are the links of a request: those of its answer, and those of what it sets
// off.
type seen struct{ answer, outward Links }

// NewContext returns a context that carries the links of the request that is being
// answered: those that its client sees, and those that are sent to others because of
// it, as [Outward] returns them.
func NewContext(ctx context.Context, answer, outward Links) context.Context {
	return context.WithValue(ctx, contextKey{}, seen{answer, outward})
}

// FromContext returns the links of the answer that NewContext put into ctx.
func FromContext(ctx context.Context) (Links, bool) {
	s, ok := ctx.Value(contextKey{}).(seen)
	return s.answer, ok
}

// OutwardFromContext returns the links for others that NewContext put into ctx.
func OutwardFromContext(ctx context.Context) (Links, bool) {
	s, ok := ctx.Value(contextKey{}).(seen)
	return s.outward, ok
}
