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
	for _, p := range pacts {
		v, err := tx.LatestVerification(p.ContentID)
		if kernel.IsNotFound(err) {
			out.Unknown = append(out.Unknown, p.Provider.Name)
			continue
		}
		if err != nil {
			return err
		}
		if err := addDetail(tx, &v); err != nil {
			return err
		}
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
