package web

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// moment is a time as seen from now.
func (w *web) moment(t time.Time) kit.Time { return kit.At(w.config.Now(), t) }
