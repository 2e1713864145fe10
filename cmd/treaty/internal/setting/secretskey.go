package setting

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// BindSecretsKey binds the file of the keys, for a command beside a broker.
func BindSecretsKey(f *pflag.FlagSet, file *string) {
	f.StringVar(file, "secrets-key-file", "", "file with the keys of the broker, the newest first (PACT_BROKER_SECRETS_KEY_FILE or PACT_BROKER_SECRETS_KEY)")
}

// SecretsKey returns the keys of a command beside a broker, from its flag or from the
// variables that the broker has them from.
func SecretsKey(e command.Env, file string) (broker.Secret, error) {
	keys := broker.Secret("")
	if file == "" {
		file, keys = e.Getenv(variablePrefix+"SECRETS_KEY_FILE"), broker.Secret(e.Getenv(variablePrefix+"SECRETS_KEY"))
	}
	keys, err := ReadSecretsKey(e, keys, file)
	if err == nil && keys == "" {
		err = command.Next(errors.New("no key is given, and secrets are encrypted"), "name the file that the broker has its keys from with --secrets-key-file")
	}
	return keys, err
}

// ReadSecretsKey returns keys that are given, or those of a file.
func ReadSecretsKey(e command.Env, keys broker.Secret, file string) (broker.Secret, error) {
	switch {
	case file == "":
		return keys, nil
	case keys != "":
		return "", command.Next(errors.New("keys for secrets are given twice: themselves, and as a file"), "give --secrets-key-file alone")
	}
	text, err := os.ReadFile(e.Path(file))
	if err != nil {
		return "", command.Next(fmt.Errorf("read the keys for secrets: %w", err), "check --secrets-key-file and who may read the file")
	}
	if strings.TrimSpace(string(text)) == "" {
		return "", command.Next(errors.New("the file of the keys for secrets is empty"), "write a key into it: openssl rand -base64 32 > FILE")
	}
	return broker.Secret(text), nil
}
