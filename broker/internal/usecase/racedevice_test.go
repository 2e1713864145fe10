package usecase_test

import (
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// withDevice is a person, and a login at a terminal that waits for them.
func withDevice(w *world) {
	withPerson(w)
	begun, err := w.Identity.BeginDevice(w.Context(), identity.DeviceInput{Program: "treaty", Address: "192.0.2.1", Place: "192.0.2.1"})
	w.do(err)
	w.device = begun
}

// withGrantedDevice is one that they have granted.
func withGrantedDevice(w *world) {
	withDevice(w)
	w.do(w.grantDevice())
}

func (w *world) grantDevice() error {
	who := access.Operator()
	who.UUID = w.accounts[0]
	_, err := w.Identity.GrantDevice(w.Context(), who, w.device.UserCode, time.Hour)
	return err
}

func (w *world) refuseDevice() error {
	_, err := w.Identity.RefuseDevice(w.Context(), w.device.UserCode)
	return err
}

// errNothingGiven is that a terminal got no token.
var errNothingGiven = errors.New("nothing is given")

func (w *world) finishDevice() error {
	out, err := w.Identity.FinishDevice(w.Context(), w.device.DeviceCode)
	if err == nil && out.Value == "" {
		return errNothingGiven
	}
	return err
}

const deviceLock = `SELECT 1 FROM device_login FOR UPDATE`

func racesOfDevices() []race {
	return []race{{
		name: "a login at a terminal is granted while it is refused", hold: deviceLock, given: withDevice,
		first: (*world).grantDevice, second: (*world).refuseDevice,
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one of both: %v, %v", first, second)
			doneOr(w, first, kernel.CodeNotFound)
			doneOr(w, second, kernel.CodeNotFound)
			given := w.finishDevice()
			require.Equal(w, first == nil, given == nil)
		},
	}, {
		name: "a terminal asks for its token twice", hold: deviceLock, given: withGrantedDevice,
		first: (*world).finishDevice, second: (*world).finishDevice,
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one of both: %v, %v", first, second)
			require.ErrorIs(w, errors.Join(first, second), errNothingGiven)
			require.Equal(w, 1, w.count(`token WHERE by_login`))
		},
	}, {
		name: "somebody is switched off while their terminal gets its token", hold: accountLock, given: withGrantedDevice,
		first: func(w *world) error { return w.switchOff(0) }, second: (*world).finishDevice,
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			if second != nil {
				require.ErrorIs(w, second, errNothingGiven)
				require.Equal(w, 0, w.count(`token WHERE by_login`))
			}
		},
		inOrder: func(w *world, _, second error) { require.ErrorIs(w, second, errNothingGiven) },
	}, {
		name: "somebody is deleted while their terminal gets its token", hold: accountLock, given: withGrantedDevice,
		first:  func(w *world) error { return w.Identity.DeleteAccount(w.Context(), access.Operator(), w.accounts[0]) },
		second: (*world).finishDevice,
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			require.Equal(w, 0, w.count(`token`))
			require.Equal(w, 0, w.count(`device_login`))
			if second != nil {
				require.ErrorIs(w, second, errNothingGiven)
			}
		},
	}}
}
