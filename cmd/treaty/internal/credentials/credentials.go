// Package credentials keeps the tokens that treaty login got, each for the one broker that
// gave it, in a file that its user alone may read.
package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/internal/lockfile"
)

// Credential is a token of a person for one broker.
type Credential struct {
	Token string `json:"token"`
	// ExpiresAt is when it counts no more.
	ExpiresAt time.Time `json:"expiresAt"`
}

// file is what is stored: tokens by the address of their broker.
type file struct {
	Brokers map[string]Credential `json:"brokers"`
}

const fileName = "credentials.json"

// errNoFolder is that the system names no folder for settings, as in a container without a
// home.
var errNoFolder = command.Next(errors.New("there is no folder to keep the token in: the system names none for settings"),
	"set HOME (on Windows AppData) to a folder of yours")

// key is the address of a broker, written in one way: the same host in capital letters, or
// with the port that it has anyway, is the same broker, and another port or path another.
func key(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return address
	}
	u.Scheme, u.Host, u.User = strings.ToLower(u.Scheme), strings.ToLower(u.Host), nil
	if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.RawQuery, u.Fragment = "", ""
	return strings.TrimRight(u.String(), "/")
}

// Find returns the token for a broker; ok is false if there is none. A file that cannot be
// read is an error, and one that is not there none.
func Find(e command.Env, address string) (found Credential, ok bool, err error) {
	if e.ConfigDir == "" {
		return found, false, nil
	}
	all, err := read(path(e))
	if err != nil {
		return found, false, err
	}
	found, ok = all.Brokers[key(address)]
	return found, ok, nil
}

// Save keeps a token for a broker, in place of the one that there was.
func Save(e command.Env, address string, c Credential) error {
	return change(e, func(all map[string]Credential) { all[key(address)] = c })
}

// Forget forgets the token for a broker, unless it is another one by now.
func Forget(e command.Env, address string, c Credential) error {
	return change(e, func(all map[string]Credential) {
		if all[key(address)].Token == c.Token {
			delete(all, key(address))
		}
	})
}

func path(e command.Env) string { return filepath.Join(e.ConfigDir, "treaty", fileName) }

func read(path string) (all file, err error) {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return all, nil
	case err != nil:
		return all, command.Next(fmt.Errorf("read the tokens of treaty login: %w", err), "let yourself read it, or delete it and log in again")
	}
	if err := json.Unmarshal(text, &all); err != nil { // what is wrong may show a token
		return all, command.Next(fmt.Errorf("%s is not what treaty login writes", path), "delete it and log in again: treaty login")
	}
	return all, nil
}

// change changes what is stored. Two that do it at once do so one after the other, so that
// neither loses what the other has written; whoever reads meanwhile sees the file as it was
// or as it is then, and never half of it.
func change(e command.Env, do func(map[string]Credential)) (err error) {
	if e.ConfigDir == "" {
		return errNoFolder
	}
	target := path(e)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return fmt.Errorf("make the folder for the token: %w", err)
	}
	lock, err := locked(target + ".lock")
	if err != nil {
		return err
	}
	if lock != nil {
		defer func() { err = errors.Join(err, lock.Release()) }()
	}
	all, err := read(target)
	if err != nil {
		return err
	}
	if all.Brokers == nil {
		all.Brokers = map[string]Credential{}
	}
	do(all.Brokers)
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := replace(target, append(text, '\n')); err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	return nil
}

// waitForLock is how long somebody waits for others, who need some milliseconds.
const waitForLock = 10 * time.Second

// locked takes the lock. Where the system has none, it is nil.
func locked(path string) (*lockfile.Lock, error) {
	for deadline := time.Now().Add(waitForLock); ; time.Sleep(5 * time.Millisecond) {
		lock, err := lockfile.Take(path)
		switch {
		case err == nil:
			return lock, nil
		case errors.Is(err, errors.ErrUnsupported):
			return nil, nil //nolint:nilnil // no lock, and nothing wrong
		case !errors.Is(err, lockfile.ErrTaken), time.Now().After(deadline):
			return nil, fmt.Errorf("keep the token: %w", err)
		}
	}
}

// replace writes a file for its user alone and puts it in the place of the one that there
// is.
func replace(path string, text []byte) error {
	fresh, err := os.CreateTemp(filepath.Dir(path), fileName+".*") // which its user alone may read
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(fresh.Name()) }() // it is gone if all went well
	_, err = fresh.Write(text)
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), path)
}
