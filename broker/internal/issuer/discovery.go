package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Discovery is what an issuer says about itself (OpenID Connect Discovery 1.0, section 3).
type Discovery struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Keys          string `json:"jwks_uri"`
	// EndSession is where whoever logs out here may log out there; empty where that is
	// not offered.
	EndSession string `json:"end_session_endpoint"`
}

// longestDocument bounds what an issuer may answer.
const longestDocument = 1 << 20

// Discover asks an issuer about itself. What it says is not kept: see [Issuers.Keys].
func (s *Issuers) Discover(ctx context.Context, issuer string) (out Discovery, err error) {
	if err := s.get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", &out); err != nil {
		return out, err
	}
	if out.Issuer != issuer {
		return out, fmt.Errorf("the document of %s is that of the issuer %q", issuer, out.Issuer)
	}
	// Whoever could read on the way could also change the keys.
	for _, address := range []string{out.Keys, out.Authorization, out.Token} {
		u, err := url.Parse(address)
		if err != nil || strings.HasPrefix(issuer, "https:") && address != "" && u.Scheme != "https" {
			return out, fmt.Errorf("the issuer %s names the address %q, which is not https", issuer, address)
		}
	}
	if out.Keys == "" {
		return out, fmt.Errorf("the issuer %s does not say where its keys are (jwks_uri)", issuer)
	}
	return out, nil
}

// get asks for a JSON document.
func (s *Issuers) get(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	answer, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, longestDocument+1))
	if err != nil {
		return err
	}
	if len(body) > longestDocument {
		return fmt.Errorf("%s answers more than %d bytes", address, longestDocument)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return errors.Join(fmt.Errorf("%s does not answer JSON as it should", address), err)
	}
	return nil
}
