package setting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// Config is all that can be set: the options of a broker, and what
// concerns the command alone.
type Config struct {
	broker.Options
	// LogStream is stdout or stderr.
	LogStream string
	// IgnoreSettings are variables that are taken as not set.
	IgnoreSettings []string
	// CertificateFiles hold certificates that webhooks trust.
	CertificateFiles []string
	// IssuerCertificateFiles hold certificates that are trusted where issuers of tokens are
	// asked for their keys.
	IssuerCertificateFiles []string
	// SecretsKeyFile holds the keys of secrets.
	SecretsKeyFile string
	// ClientSecretFile holds the secret that the login service knows the broker by.
	ClientSecretFile string
}

func defaultConfig() Config {
	return Config{Options: broker.DefaultOptions(), LogStream: "stderr"}
}

// Flags hold what the flags say, as text: it is read after the variables,
// because a flag wins.
type Flags struct {
	given map[string]*pflag.Flag
}

// Bind adds a flag for each setting.
func (o *Flags) Bind(f *pflag.FlagSet) {
	o.given = map[string]*pflag.Flag{}
	defaults := defaultConfig()
	for _, s := range settings() {
		if s.flag == "" {
			continue
		}
		value := s.value(&defaults)
		help := s.help
		if s.variable != "" {
			help += " (" + s.env() + ")"
		}
		flag := f.VarPF(value, s.flag, "", help)
		if _, isBool := value.(boolValue); isBool {
			flag.NoOptDefVal = "true"
		}
		o.given[s.flag] = flag
	}
}

// Read applies the defaults, then variables, then flags.
func (o *Flags) Read(e command.Env) (Config, error) {
	config := defaultConfig()
	e, err := o.withoutIgnored(e)
	if err != nil {
		return Config{}, err
	}
	if err := checkUnknown(e); err != nil {
		return Config{}, err
	}
	if err := databaseFromParts(e, &config.Options); err != nil {
		return Config{}, err
	}
	for _, s := range settings() {
		if err := readSetting(e, s, s.value(&config)); err != nil {
			return Config{}, err
		}
		if flag := o.given[s.flag]; flag != nil && flag.Changed {
			if err := setFlag(s, s.value(&config), flag); err != nil {
				return Config{}, command.Next(err, "see all settings with: treaty serve --help")
			}
		}
	}
	if err := o.readTogether(e, &config); err != nil {
		return Config{}, err
	}
	config.Database = inFolder(e, config.Database)
	return config, command.Next(config.Validate(), "see all settings with: treaty serve --help")
}

// withoutIgnored takes the variables out of the environment that
// --ignore-settings names, with or without prefix.
func (o *Flags) withoutIgnored(e command.Env) (command.Env, error) {
	var config Config
	for _, s := range settings() {
		if s.variable != ignoreSettings {
			continue
		}
		if err := readSetting(e, s, s.value(&config)); err != nil {
			return e, err
		}
		if flag := o.given[s.flag]; flag != nil && flag.Changed {
			if err := setFlag(s, s.value(&config), flag); err != nil {
				return e, err
			}
		}
	}
	var kept []string
	for _, entry := range e.Environ {
		name, _, _ := strings.Cut(entry, "=")
		if !slices.Contains(config.IgnoreSettings, name) && !slices.Contains(config.IgnoreSettings, strings.TrimPrefix(name, variablePrefix)) {
			kept = append(kept, entry)
		}
	}
	e.Environ = kept
	return e, nil
}

// setFlag repeats a flag's value on the real options; secrets do not show
// theirs, so the flag's own target is read.
func setFlag(s setting, to settingValue, flag *pflag.Flag) error {
	if secret, ok := flag.Value.(secretValue); ok {
		return to.Set(secret.to.Reveal())
	}
	if err := to.Set(flag.Value.String()); err != nil {
		return fmt.Errorf("--%s: %w", s.flag, err)
	}
	return nil
}
