package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Somebody at a terminal, perhaps of another machine, logs in without a browser there
// (RFC 8628): the command asks for two codes and shows the short one, its person confirms
// that in any browser in which they are logged in, and the command gets a token of theirs
// for the long one, which nobody has seen.

const (
	// deviceLasts is how long a login at a terminal may take.
	deviceLasts = 10 * time.Minute
	// mostDevices bounds how many wait, and mostDevicesThere how many of one place: they
	// are asked for without credentials, and each is a row. Who asks at once with others
	// may be one too many.
	mostDevices, mostDevicesThere = 5000, 50
	// longestSaid bounds what a program says of itself, in bytes.
	longestSaid = 100
)

// LongestLogin is how long a login at a terminal counts at most.
const LongestLogin = 12 * time.Hour

// codeLetters are those of the short code: no vowel, so that it is no word, and none that
// looks like a digit or another (RFC 8628, section 6.1). 8 of them are 34 bits: with the
// guesses that anybody has in ten minutes, enough.
const codeLetters = "BCDFGHJKLMNPQRSTVWXZ"

const codeLength = 8

// newCode is a short code as it is typed in, without the hyphen that it is shown with.
func newCode() string {
	out := make([]byte, codeLength)
	for i := range out {
		letter, _ := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		out[i] = codeLetters[letter.Int64()]
	}
	return string(out)
}

// ShownCode is a short code as people read it.
func ShownCode(code string) string {
	code = typedCode(code)
	return code[:len(code)/2] + "-" + code[len(code)/2:]
}

// typedCode is what somebody has typed, as codes are compared: without case, hyphens and
// spaces.
func typedCode(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(text))
}

// The hashes of the two codes are of different texts, so that neither counts as the other.
func hashOfDevice(code string) string { return hashOf("device " + code) }
func hashOfCode(code string) string   { return hashOf("code " + typedCode(code)) }

// DeviceInput is what a program says that asks for a login.
type DeviceInput struct {
	// Program and Machine are what it says of itself; the latter may be empty.
	Program, Machine string
	// Address is where it asks from, and Place the network of that which counts as one.
	Address, Place string
}

// DeviceBegun is a login that was begun. Both codes are random, and only their hashes are
// kept.
type DeviceBegun struct {
	DeviceCode, UserCode string
	Expires              time.Time
}

// ErrTooManyDevices says that too many logins at terminals wait already.
var ErrTooManyDevices = kernel.Errorf(kernel.CodeUnavailable, "Too many logins at terminals wait for somebody to confirm them. Confirm yours, or try again in some minutes.")

// BeginDevice begins a login at a terminal. Too many that wait are [ErrTooManyDevices].
func (s *Service) BeginDevice(ctx context.Context, in DeviceInput) (out DeviceBegun, err error) {
	fields := kernel.Fields{}
	for field, text := range map[string]string{"client_id": in.Program, "machine": in.Machine} {
		kernel.CheckLine(fields, field, text)
		if len(text) > longestSaid {
			fields.Add(field, "must have at most %d bytes", longestSaid)
		}
	}
	if in.Program == "" {
		fields.Add("client_id", "must say which program asks, such as treaty")
	}
	if err := fields.Err(); err != nil {
		return out, err
	}
	now := s.Moment()
	out.Expires = now.Add(deviceLasts)
	begin := func(tx kernel.Tx) error {
		out.DeviceCode, out.UserCode = newSecret(), newCode()
		all, there, err := tx.CountDeviceLogins(now, in.Place)
		if err != nil {
			return err
		}
		if all >= mostDevices || there >= mostDevicesThere {
			return ErrTooManyDevices
		}
		_, err = tx.CreateDeviceLogin(kernel.DeviceLogin{
			DeviceHash: hashOfDevice(out.DeviceCode), CodeHash: hashOfCode(out.UserCode), State: kernel.DeviceWaits,
			Program: in.Program, Machine: in.Machine, Address: in.Address, Place: in.Place, CreatedAt: now, ExpiresAt: out.Expires,
		})
		return err
	}
	for try := 0; try < 3; try++ { // of some thousand short codes, two may be the same once in a lifetime
		if err = s.Store.Update(ctx, begin); kernel.CodeOf(err) != kernel.CodeConflict {
			break
		}
	}
	return out, err
}

var errNoDevice = kernel.Errorf(kernel.CodeNotFound, "No login waits for this code: it was typed wrong, is more than 10 minutes old, or was answered already. Look at the terminal again, or begin anew there.")

// FindDevice returns the login that waits for a short code, for whoever is to confirm it.
// None is [kernel.CodeNotFound].
func (s *Service) FindDevice(ctx context.Context, code string) (kernel.DeviceLogin, error) {
	return view(ctx, s, func(tx kernel.Tx) (kernel.DeviceLogin, error) { return s.waiting(tx, code) })
}

// waiting finds the login that waits for a short code.
func (s *Service) waiting(tx kernel.Tx, code string) (kernel.DeviceLogin, error) {
	d, err := tx.FindDeviceLoginByCode(hashOfCode(code))
	if kernel.IsNotFound(err) || err == nil && (d.State != kernel.DeviceWaits || !s.Moment().Before(d.ExpiresAt)) {
		return d, errNoDevice
	}
	return d, err
}

// GrantDevice lets the program whose login waits for a short code have a token of whoever
// confirms it, for lasts and 12 hours at most. It may do what they may now by what they
// came with, as far as their account may when it is used, and does not count longer than
// that. None that waits is [kernel.CodeNotFound].
func (s *Service) GrantDevice(ctx context.Context, by access.Who, code string, lasts time.Duration) (out kernel.DeviceLogin, err error) {
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		owner, err := lockedAccount(tx, kernel.ToChange, by.UUID)
		if err != nil {
			return err
		}
		if owner.Kind != kernel.KindUser {
			return kernel.Errorf(kernel.CodeForbidden, "Only people log in at terminals, and %s is an account of programs: those use tokens that somebody makes for them.", owner.Name)
		}
		if len(by.Permissions) == 0 { // a token that is narrowed to nothing is one that is not narrowed
			return kernel.Errorf(kernel.CodeForbidden, "You may do nothing on this broker, and so can let no terminal do anything.")
		}
		d, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.DeviceLogin, error) { return s.waiting(tx, code) })
		if err != nil {
			return err
		}
		d.State, d.PrincipalID, d.Principal = kernel.DeviceGranted, owner.ID, owner.UUID
		d.Until = s.Moment().Add(min(lasts, LongestLogin))
		if !by.Until.IsZero() && by.Until.Before(d.Until) {
			d.Until = by.Until.UTC().Truncate(time.Microsecond)
		}
		if all := access.Texts(owner.Permissions()); !sameTexts(all, access.Texts(by.Permissions)) {
			d.Permissions = access.Texts(by.Permissions)
		}
		d.Writes = slices.ContainsFunc(by.Permissions, func(p access.Permission) bool { return !p.Reads() })
		if err := mayGiveToken(tx, by, owner, tokenOfDevice(d)); err != nil {
			return err
		}
		nameDevice(ctx, "device_login_granted", d)
		out = d
		return tx.SaveDeviceLogin(d)
	})
	return out, err
}

// sameTexts reports whether two lists have the same texts, in any order.
func sameTexts(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

// RefuseDevice has the program be told that nobody lets it in. None that waits is
// [kernel.CodeNotFound].
func (s *Service) RefuseDevice(ctx context.Context, code string) (out kernel.DeviceLogin, err error) {
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		d, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.DeviceLogin, error) { return s.waiting(tx, code) })
		if err != nil {
			return err
		}
		d.State = kernel.DeviceRefused
		nameDevice(ctx, "device_login_refused", d)
		out = d
		return tx.SaveDeviceLogin(d)
	})
	return out, err
}

// nameDevice lets the record say what became of a login at a terminal: for what address
// and, as it says of itself, for what program and machine.
func nameDevice(ctx context.Context, action string, d kernel.DeviceLogin) {
	act := kernel.ActOf(ctx)
	if act == nil {
		return
	}
	act.Action = action
	act.Subject = map[string]string{"address": d.Address, "claimedProgram": d.Program}
	if d.Machine != "" {
		act.Subject["claimedMachine"] = d.Machine
	}
	if !d.Until.IsZero() {
		act.Subject["until"] = d.Until.Format(time.RFC3339)
	}
}

// tokenOfDevice is the token that a login gives, without its value.
func tokenOfDevice(d kernel.DeviceLogin) kernel.Token {
	name := "login at a terminal"
	if d.Machine != "" {
		name += " that calls itself " + d.Machine
	}
	return kernel.Token{PrincipalID: d.PrincipalID, Name: name, Writes: d.Writes, Permissions: d.Permissions, ExpiresAt: d.Until, ByLogin: true}
}

// DeviceOutcome is what became of a login at a terminal, for the program that asked.
type DeviceOutcome struct {
	// State is DeviceUsed for one that there is no token for any more, because it got one
	// or never was one.
	State kernel.DeviceState
	// Expired says that nobody has answered in time.
	Expired bool
	// Value is the token of one whose State is DeviceGranted, and Until when that expires.
	Value string
	Until time.Time
}

// FinishDevice gives the token for the long code of a login that somebody has granted,
// once, and says of any other what became of it. To ask writes nothing before it is
// granted.
func (s *Service) FinishDevice(ctx context.Context, deviceCode string) (DeviceOutcome, error) {
	hash := hashOfDevice(deviceCode)
	found, err := view(ctx, s, func(tx kernel.Tx) (kernel.DeviceLogin, error) { return findDevice(tx, hash) })
	if out := s.outcomeOf(found); err != nil || out.Expired || out.State != kernel.DeviceGranted {
		return out, err
	}
	value, id := NewValue(), s.NewID()
	var out DeviceOutcome
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		// Whoever granted it, then the login, is held in the order of everybody.
		owner, err := lockedAccount(tx, kernel.ToChange, found.Principal)
		if kernel.IsNotFound(err) { // and the login is gone with them
			out = DeviceOutcome{State: kernel.DeviceUsed}
			return errAnswered
		}
		if err != nil {
			return err
		}
		if err := tx.LockLeft(kernel.ToChange, found.Row()); err != nil {
			return err
		}
		d, err := findDevice(tx, hash)
		if err != nil {
			return err
		}
		if out = s.outcomeOf(d); out.Expired || out.State != kernel.DeviceGranted {
			return errAnswered
		}
		if !owner.Active {
			out.State = kernel.DeviceRefused
			return errAnswered
		}
		nameDevice(ctx, "device_login_finished", d)
		nameActor(ctx, owner.Principal)
		token := tokenOfDevice(d)
		token.UUID, token.Prefix, token.Hash, token.CreatedAt, token.MadeBy = id, prefixOf(value), hashOf(value), s.Moment(), owner.Name
		if _, err := tx.CreateToken(token); err != nil {
			return err
		}
		out.Value, out.Until = value, d.Until
		d.State = kernel.DeviceUsed
		return tx.SaveDeviceLogin(d)
	})
	if errors.Is(err, errAnswered) {
		err = nil
	}
	return out, err
}

// errAnswered ends a transaction that has nothing to write: somebody was faster.
var errAnswered = errors.New("the login is answered already")

// findDevice finds a login by the hash of its long code; one that there is not is as one
// that is used.
func findDevice(tx kernel.Tx, hash string) (kernel.DeviceLogin, error) {
	d, err := tx.FindDeviceLogin(hash)
	if kernel.IsNotFound(err) {
		return kernel.DeviceLogin{State: kernel.DeviceUsed}, nil
	}
	return d, err
}

func (s *Service) outcomeOf(d kernel.DeviceLogin) DeviceOutcome {
	return DeviceOutcome{State: d.State, Expired: d.State != kernel.DeviceUsed && !s.Moment().Before(d.ExpiresAt)}
}

// EndLogin takes away the token that a login at a terminal gave, for whoever has its
// value. One that there is not is [kernel.CodeUnauthorized], one that somebody made
// [kernel.CodeInvalid]: what pipelines use does not end because a value has leaked, but
// because somebody decides so.
func (s *Service) EndLogin(ctx context.Context, value string) error {
	if !IsValue(value) {
		return errUnknownToken
	}
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		found, err := tx.FindCredential(prefixOf(value))
		if kernel.IsNotFound(err) || err == nil && subtle.ConstantTimeCompare([]byte(found.Token.Hash), []byte(hashOf(value))) != 1 {
			return errUnknownToken
		}
		if err != nil {
			return err
		}
		if !found.Token.ByLogin {
			return kernel.Errorf(kernel.CodeInvalid, "Only a token that treaty login gave is ended so. Whoever made the token %q of %s revokes it, in the browser under Me.", found.Token.Name, found.Principal.Name)
		}
		_, token, err := lockedToken(tx, kernel.ToDelete, found.Principal.UUID, found.Token.UUID)
		if kernel.IsNotFound(err) || err == nil && token.Hash != found.Token.Hash {
			return errUnknownToken
		}
		if err != nil {
			return err
		}
		return tx.DeleteToken(token.ID)
	})
}
