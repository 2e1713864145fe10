package store_test

import (
	"testing"

	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, open)
		})
	}
}
