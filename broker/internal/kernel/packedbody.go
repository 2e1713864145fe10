package kernel

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxBody limits what UnpackBody makes of a damaged row.
const maxBody = 1 << 30

var packer = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<19))
})

var unpacker = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxBody))
})

// PackBody compresses a document for storage. Nil stays nil.
func PackBody(body []byte) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	encoder, err := packer()
	if err != nil {
		return nil, fmt.Errorf("compress a body: %w", err)
	}
	return encoder.EncodeAll(body, make([]byte, 0, len(body)/2+64)), nil
}

// UnpackBody returns what PackBody was given.
func UnpackBody(packed []byte) ([]byte, error) {
	if packed == nil {
		return nil, nil
	}
	decoder, err := unpacker()
	if err != nil {
		return nil, fmt.Errorf("read a stored body: %w", err)
	}
	body, err := decoder.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("read a stored body: %w", err)
	}
	return body, nil
}
