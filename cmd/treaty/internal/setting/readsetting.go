package setting

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// ignoreSettings is the setting that takes variables out of consideration.
const ignoreSettings = "IGNORE_SETTINGS"

// redirectedNames are settings that a variable of any name may give: its name
// stands in PACT_BROKER_ … _ENVIRONMENT_VARIABLE_NAME, as for the Pact
// Broker's image.
var redirectedNames = []string{"PORT", "DATABASE_URL"}

const environmentName = "_ENVIRONMENT_VARIABLE_NAME"

// names are the variables that may hold a setting; the first that is set wins.
func (s setting) names(e command.Env) []string {
	names := []string{ownPrefix + s.variable}
	if slices.Contains(redirectedNames, s.variable) {
		if other := e.Getenv(s.env() + environmentName); other != "" {
			names = append(names, other)
		}
	}
	names = append(names, s.env())
	if older := olderNames[s.variable]; older != "" {
		names = append(names, variablePrefix+older)
	}
	return names
}

// lookup returns the name and the text of the variable that holds a setting.
// Blank ones count as not set, unless the setting is a list, which they empty.
func (s setting) lookup(e command.Env, to settingValue) (name, text string, found bool) {
	_, isList := to.(listValue)
	_, isSchedule := to.(scheduleValue)
	for _, name := range s.names(e) {
		text, set := e.LookupEnv(name)
		if !set || strings.TrimSpace(text) == "" && !isList && !isSchedule {
			continue
		}
		if s.variable == "PORT" && isAddress(text) {
			continue // Kubernetes sets PACT_BROKER_PORT for a service of that name
		}
		return name, text, true
	}
	return "", "", false
}

// readSetting reads the variable of a setting, if it is set.
func readSetting(e command.Env, s setting, to settingValue) error {
	name, text, found := s.lookup(e, to)
	if !found {
		return nil
	}
	if err := to.Set(text); err != nil {
		return command.Next(fmt.Errorf("the variable %s cannot be used: %w", name, err), "correct it or unset it")
	}
	return nil
}

// isGiven reports whether a flag or a variable sets what has the flag's name.
func (o *Flags) isGiven(e command.Env, flag string) bool {
	if given := o.given[flag]; given != nil && given.Changed {
		return true
	}
	var config Config
	for _, s := range settings() {
		if s.flag == flag {
			_, _, found := s.lookup(e, s.value(&config))
			return found
		}
	}
	return false
}

// readTogether reads and checks what takes more than one setting.
func (o *Flags) readTogether(e command.Env, config *Config) error {
	if base := o.given["base-url"]; base == nil || !base.Changed {
		for _, more := range splitList(e.Getenv(variablePrefix + "BASE_URLS")) {
			if !slices.Contains(config.BaseURLs, more) {
				config.BaseURLs = append(config.BaseURLs, more)
			}
		}
	}
	if o.isGiven(e, "basic-auth-enabled") && !config.Auth.Disabled && config.Auth.Username == "" {
		return command.Next(errors.New("passwords are switched on and none is set: everybody could read and write"),
			"set PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD, or unset PACT_BROKER_BASIC_AUTH_ENABLED")
	}
	for _, file := range []*string{&config.TLS.CertFile, &config.TLS.KeyFile, &config.TLS.ClientCAFile} {
		if *file != "" {
			*file = e.Path(*file)
		}
	}
	keys, err := ReadSecretsKey(e, config.SecretsKey, config.SecretsKeyFile)
	if err != nil {
		return err
	}
	config.SecretsKey = keys
	if config.Login.ClientSecret, err = readClientSecret(e, config.Login.ClientSecret, config.ClientSecretFile); err != nil {
		return err
	}
	return readCertificates(e, config)
}
