package scale_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// BenchmarkGate measures the gate without HTTP.
func BenchmarkGate(b *testing.B) {
	size := scale.Size{Applications: 100, Results: 100_000, Contents: 2000, Versions: 10_000}
	s, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), store.Options{Synchronous: "NORMAL"})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	require.NoError(b, scale.Load(b.Context(), s, size, nil))
	service := usecase.New(s, kernel.DefaultSettings())
	for name, app := range map[string]string{"can-i-deploy/1": scale.ConsumerOfOne, "can-i-deploy/10": scale.ConsumerOfTen, "can-i-deploy/50": scale.ConsumerOfFifty} {
		b.Run(name, func(b *testing.B) {
			q := scale.CanIDeploy(size, app)
			for b.Loop() {
				if _, err := service.Gate.CanIDeploy(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("pacts-for-verification/50", func(b *testing.B) {
		q := scale.PactsForVerification(size)
		for b.Loop() {
			if _, err := service.Picking.PactsForVerification(b.Context(), q); err != nil {
				b.Fatal(err)
			}
		}
	})
}
