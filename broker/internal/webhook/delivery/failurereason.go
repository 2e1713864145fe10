package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"github.com/treatyhq/treaty/broker/internal/egress"
)

// unbuilt is why there is no request to send.
type unbuilt struct{ error }

func (u unbuilt) Unwrap() error { return u.error }

// reason says in words of ours why a request got no answer. The words of the
// network's libraries tell of the broker's own network, such as its name
// servers and proxies, to whoever tries a webhook out. Hidden says that there is no
// list of hosts: which of the hosts and ports that somebody thinks of refuse a
// connection, and which do not exist, is then for the log alone.
func reason(err error, hidden bool) string {
	var refused *egress.Refusal
	var none unbuilt
	var kept withheld
	switch {
	case errors.As(err, &kept):
		return "nothing was sent: " + kept.Error()
	case errors.As(err, &none):
		return "the URL, or another part of the request, is not valid once its parameters are filled in: " + none.Error()
	case errors.As(err, &refused):
		return refused.Told()
	case errors.Is(err, context.Canceled):
		return "the attempt was cut off"
	case hidden:
		return fmt.Sprintf("the host gave no answer within %s that can be understood; why is told only where the broker has a list of hosts that webhooks may reach (webhook host whitelist), and by its log", timeout)
	}
	return reasonInDetail(err)
}

// reasonInDetail is for hosts that the operator has listed.
func reasonInDetail(err error) string {
	var lookup *net.DNSError
	var untrusted *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "the host has no address: is its name right?"
	case errors.As(err, &lookup):
		return "the address of the host could not be looked up"
	case errors.As(err, &untrusted):
		return "the certificate of the host is not trusted: " + certificateReason(untrusted.Err)
	case errors.As(err, &noTLS), errors.Is(err, http.ErrSchemeMismatch):
		return "the host does not speak TLS at this port: should the URL begin with http://?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the host refuses the connection: is it running?"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Sprintf("the host did not answer within %s", timeout)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the host closed the connection before its answer was complete"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to the host from the broker"
	}
	return "the host gave no answer that can be understood; the log of the broker tells more"
}

// certificateReason is for the faults of certificates that are usual. The names
// in them are the receiver's.
func certificateReason(err error) string {
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		return "it is for another name"
	case errors.As(err, &authority):
		return "it is signed by an unknown authority"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it has expired or is not valid yet"
	}
	return "it cannot be verified"
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}
