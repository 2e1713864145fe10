package verifier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/internal/exact"
	"github.com/treatyhq/treaty/internal/redact"
	"github.com/treatyhq/treaty/internal/wholefile"
)

// unsentResult is a result that could not be published.
type unsentResult struct {
	// Pact is the address with the broker's own metadata, to which the result belongs.
	Pact     string                    `json:"pact"`
	Consumer string                    `json:"consumer"`
	Result   client.VerificationResult `json:"result"`
}

// unsentFile is what is kept for sending again. It holds no credentials.
type unsentFile struct {
	Broker   string         `json:"broker"`
	Provider string         `json:"provider"`
	Branch   string         `json:"providerBranch,omitempty"`
	Tags     []string       `json:"providerTags,omitempty"`
	Results  []unsentResult `json:"results"`
}

// keepUnsent writes results to the file for them, so that an hour's run is
// not lost to a broker's restart.
func (s *session) keepUnsent(results []unsentResult) {
	if len(results) == 0 || s.opts.UnsentFile == "" || s.opts.Broker == nil {
		return
	}
	data, err := json.MarshalIndent(unsentFile{
		Broker: redact.Bare(s.opts.Broker.URL), Provider: s.report.Provider,
		Branch: s.opts.ProviderBranch, Tags: s.opts.ProviderTags, Results: results,
	}, "", "  ")
	if err == nil {
		err = wholefile.Write(s.opts.UnsentFile, append(data, '\n'), 0o600)
	}
	if err != nil {
		s.report.Problems = append(s.report.Problems, fmt.Sprintf("the unsent results could not be kept in %s: %v", s.opts.UnsentFile, err))
		return
	}
	s.report.Warnings = append(s.report.Warnings,
		fmt.Sprintf("the unsent results are kept in %s; send them with: treaty verify --publish-unsent %s", s.opts.UnsentFile, s.opts.UnsentFile))
}

// PublishUnsent sends the results kept in a file to the broker they were
// meant for, and removes the file when all were taken. Those that fail again
// stay in it, and the error says of each why. It returns how many were sent. URL of
// broker is the kept one if empty; credentials are not kept, so broker has them. Its
// fields about which pacts to ask for do not count.
func PublishUnsent(ctx context.Context, path string, broker BrokerOptions) (int, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("read the unsent results: %w", err)
	}
	var kept unsentFile
	if err := exact.Decode(data, &kept); err != nil {
		return 0, fmt.Errorf("%s holds no unsent results: %w", path, err)
	}
	if broker.URL == "" {
		broker.URL = kept.Broker
	}
	c, err := broker.client()
	if err != nil {
		return 0, err
	}
	sent, remaining, err := kept.send(ctx, c)
	if len(remaining) == 0 {
		return sent, os.Remove(path)
	}
	kept.Results = remaining
	left, encodeErr := json.MarshalIndent(kept, "", "  ")
	if encodeErr != nil {
		return sent, errors.Join(err, encodeErr)
	}
	return sent, errors.Join(err, wholefile.Write(path, append(left, '\n'), 0o600))
}

func (u unsentFile) send(ctx context.Context, c *client.Client) (sent int, remaining []unsentResult, err error) {
	for _, r := range u.Results {
		if one := u.sendOne(ctx, c, r); one != nil {
			err = errors.Join(err, fmt.Errorf("the result for %s: %w", r.Consumer, one))
			remaining = append(remaining, r)
			continue
		}
		sent++
	}
	return sent, remaining, err
}

func (u unsentFile) sendOne(ctx context.Context, c *client.Client, r unsentResult) error {
	pact, err := c.FetchPact(ctx, r.Pact)
	if err != nil {
		return err
	}
	if u.Branch != "" {
		if err := c.AddVersionToBranch(ctx, u.Provider, r.Result.ProviderVersion, u.Branch); err != nil {
			return err
		}
	}
	for _, tag := range u.Tags {
		if err := c.TagVersion(ctx, u.Provider, r.Result.ProviderVersion, tag); err != nil {
			return err
		}
	}
	_, err = c.PublishVerificationResult(ctx, pact, r.Result)
	return err
}
