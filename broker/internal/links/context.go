package links

import "context"

type contextKey struct{}

// NewContext returns a context that carries l: the links as the request that
// is being answered knows them.
func NewContext(ctx context.Context, l Links) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// FromContext returns the links that NewContext put into ctx.
func FromContext(ctx context.Context) (Links, bool) {
	l, ok := ctx.Value(contextKey{}).(Links)
	return l, ok
}
