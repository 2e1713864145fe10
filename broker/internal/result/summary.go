package result

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// VerificationSummary tells how a consumer version fares with its providers.
type VerificationSummary struct {
	Version    kernel.Version
	Success    bool // every pact of the version has a successful newest result
	Successful []string
	Failed     []string
	Unknown    []string
	Results    []kernel.Verification // newest per provider, by provider name
}

// SummariseVerifications returns the newest result per provider of a consumer version.
func (s *Service) SummariseVerifications(ctx context.Context, consumer, version string) (VerificationSummary, error) {
	var out VerificationSummary
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVersion(tx, consumer, version)
		if err != nil {
			return err
		}
		out = VerificationSummary{Version: v}
		return summarise(tx, &out)
	})
	return out, err
}

func summarise(tx kernel.Tx, out *VerificationSummary) error {
	pacts, err := tx.ListPublications(kernel.PublicationFilter{VersionID: out.Version.ID})
	if err != nil {
		return err
	}
	slices.SortFunc(pacts, func(a, b kernel.PactPublication) int { return kernel.CompareFolded(a.Provider.Name, b.Provider.Name) })
	newest := make([]*kernel.Verification, len(pacts)) // nil where there is none
	looks := make([]func() error, len(pacts))
	for i, p := range pacts {
		looks[i] = func() error {
			v, err := tx.LatestVerification(p.ContentID)
			if err != nil {
				return kernel.IgnoreNotFound(err)
			}
			newest[i] = &v
			return kernel.AddDetail(tx, &v)
		}
	}
	if err := tx.Together(looks...); err != nil {
		return err
	}
	for i, p := range pacts {
		if newest[i] == nil {
			out.Unknown = append(out.Unknown, p.Provider.Name)
			continue
		}
		v := *newest[i]
		out.Results = append(out.Results, v)
		if v.Success {
			out.Successful = append(out.Successful, p.Provider.Name)
		} else {
			out.Failed = append(out.Failed, p.Provider.Name)
		}
	}
	out.Success = len(out.Successful) == len(pacts)
	return nil
}
