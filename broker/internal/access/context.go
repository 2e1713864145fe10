package access

import "context"

type contextKey struct{}

// NewContext returns a context in which somebody makes a request.
func NewContext(ctx context.Context, who Who) context.Context {
	return context.WithValue(ctx, contextKey{}, who)
}

// FromContext returns who makes the request of a context; known is false where nobody
// was asked, or nobody had to say.
func FromContext(ctx context.Context) (who Who, known bool) {
	who, known = ctx.Value(contextKey{}).(Who)
	return who, known
}
