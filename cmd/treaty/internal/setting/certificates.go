package setting

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// certificates is the setting for certificates that webhooks trust besides the
// system's.
const certificates = "WEBHOOK_CERTIFICATES"

// certificateEntry is the Pact Broker's way of a list in variables.
var certificateEntry = regexp.MustCompile(`^(?:PACT_BROKER|TREATY)_WEBHOOK_CERTIFICATES__([0-9]+)__([A-Z]+)$`)

// readCertificates adds the certificates of the files in the settings and of
// the numbered variables. One that cannot be read keeps the broker from
// starting: webhooks would fail later, where nobody looks.
func readCertificates(e command.Env, config *Config) error {
	texts, err := readCertificateFiles(e, "--webhook-certificates", config.CertificateFiles)
	if err != nil {
		return err
	}
	if config.Issuers.Certificates, err = readCertificateFiles(e, "--issuer-certificates", config.IssuerCertificateFiles); err != nil {
		return err
	}
	for _, entry := range slices.Sorted(slices.Values(e.Environ)) {
		name, value, _ := strings.Cut(entry, "=")
		found := certificateEntry.FindStringSubmatch(name)
		if found == nil || strings.TrimSpace(value) == "" {
			continue
		}
		text, err := certificateOf(e, found[2], value)
		if err != nil {
			return command.Next(fmt.Errorf("the variable %s cannot be used: %w", name, err), "correct it or unset it")
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	config.Delivery.Certificates = texts
	return nil
}

func readCertificateFiles(e command.Env, flag string, names []string) (texts []string, err error) {
	for _, name := range names {
		text, err := os.ReadFile(e.Path(name))
		if err != nil {
			return nil, command.Next(fmt.Errorf("a certificate of %s cannot be read: %w", flag, err), "correct the path, or leave it out")
		}
		if err := checkCertificates(text); err != nil {
			return nil, command.Next(fmt.Errorf("the certificates in %s cannot be used: %w", name, err), "give a file in PEM format")
		}
		texts = append(texts, string(text))
	}
	return texts, nil
}

// certificateOf reads one of the numbered variables. DESCRIPTION and LABEL are
// for people and change nothing.
func certificateOf(e command.Env, member, value string) (string, error) {
	switch member {
	case "DESCRIPTION", "LABEL":
		return "", nil
	case "CONTENT":
		return value, checkCertificates([]byte(value))
	case "PATH":
		text, err := os.ReadFile(e.Path(value))
		if err != nil {
			return "", err
		}
		return string(text), checkCertificates(text)
	}
	return "", errors.New("it ends with neither CONTENT, PATH, DESCRIPTION nor LABEL")
}

func checkCertificates(text []byte) error {
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return errors.New("there is no certificate in PEM format in it")
	}
	return nil
}
