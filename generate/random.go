package generate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// randomInt returns a number from min (0) to max (10), both included.
func (c Context) randomInt(a attrs) (any, error) {
	low, err := a.integer("min", 0)
	if err != nil {
		return nil, err
	}
	high, err := a.integer("max", 10)
	if err != nil {
		return nil, err
	}
	if high < low {
		return nil, fmt.Errorf("min %d is above max %d", low, high)
	}
	n := low + int64(c.upTo(uint64(high)-uint64(low))) //nolint:gosec // wraps round to the right number
	return json.Number(strconv.FormatInt(n, 10)), nil
}

// upTo returns a random number from 0 to n, both included.
func (c Context) upTo(n uint64) uint64 {
	all := n+1 == 0
	switch {
	case c.Rand == nil && all:
		return rand.Uint64() //nolint:gosec // example values, no secrets
	case c.Rand == nil:
		return rand.Uint64N(n + 1) //nolint:gosec // example values, no secrets
	case all:
		return c.Rand.Uint64()
	default:
		return c.Rand.Uint64N(n + 1)
	}
}

// sized makes a value of the length that an attribute gives (10).
func (c Context) sized(a attrs, name string, make func(n int) any) (any, error) {
	n, err := a.integer(name, 10)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > maxLength {
		return nil, fmt.Errorf("%s is %d; it can be 1 to %d", name, n, maxLength)
	}
	return make(int(n)), nil
}

// pick returns n characters of an alphabet, with repetition.
func (c Context) pick(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[c.below(len(alphabet))]
	}
	return string(b)
}

// decimal returns a number of n digits with a point at a random place among
// them; a single digit has no point. There is no superfluous zero in front.
func (c Context) decimal(n int) any {
	if n == 1 {
		return json.Number(c.pick("0123456789", 1))
	}
	whole := 1 + c.below(n-1)
	var b strings.Builder
	if whole > 1 {
		b.WriteString(c.pick("123456789", 1) + c.pick("0123456789", whole-1))
	} else {
		b.WriteString(c.pick("0123456789", 1))
	}
	b.WriteString("." + c.pick("0123456789", n-whole))
	return json.Number(b.String())
}

// uuid returns a random UUID in one of the formats of the specification.
func (c Context) uuid(format string) (any, error) {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(c.below(256))
	}
	id[6] = id[6]&0x0f | 0x40 // version 4
	id[8] = id[8]&0x3f | 0x80 // variant of RFC 9562
	switch format {
	case "", "lower-case-hyphenated":
		return id.String(), nil
	case "simple":
		return strings.ReplaceAll(id.String(), "-", ""), nil
	case "upper-case-hyphenated":
		return strings.ToUpper(id.String()), nil
	case "URN":
		return id.URN(), nil
	default:
		return nil, fmt.Errorf("format %q is none of simple, lower-case-hyphenated, upper-case-hyphenated, URN", format)
	}
}
