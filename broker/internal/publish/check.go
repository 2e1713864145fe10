package publish

import (
	"context"
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// CheckPact reports what is wrong with the names and the version number of a
// pact, as PublishPact and MergePact would.
func (s *Service) CheckPact(ctx context.Context, in PactDocument) error {
	return s.checkDocument(ctx, in)
}

// mostTagged is how many pacts times tags one publication may write, if neither
// is without limit: each tag is a row of each pact, and a row takes time.
const mostTagged = 30_000

// checkTagged notes what goes beyond mostTagged.
func checkTagged(l kernel.Limits, fields kernel.Fields, contracts, tags int) {
	if l.Contracts > 0 && l.Tags > 0 && contracts*tags > mostTagged {
		fields.Add("tags", "are %d for %d contracts, which is more than this broker writes at once: publish the contracts in several requests, or with fewer tags", tags, contracts)
	}
}

func (s *Service) checkDocument(ctx context.Context, in PactDocument) error {
	fields := kernel.Fields{}
	s.CheckName(fields, "consumer.name", in.Consumer)
	s.CheckName(fields, "provider.name", in.Provider)
	s.CheckNumber(fields, "consumer_version_number", in.ConsumerVersion)
	if err := s.AllowKnown(ctx, fields, "consumer.name", in.Consumer, "consumer_version_number", in.ConsumerVersion); err != nil {
		return err
	}
	if err := s.AllowKnown(ctx, fields, "provider.name", in.Provider, "", ""); err != nil {
		return err
	}
	return fields.Err()
}

// prepareContracts checks the request and reads its documents.
func (s *Service) prepareContracts(ctx context.Context, in ContractsPublication) ([]document, error) {
	fields := kernel.Fields{}
	s.CheckName(fields, "pacticipantName", in.Pacticipant)
	s.CheckNumber(fields, "pacticipantVersionNumber", in.VersionNumber)
	if err := s.AllowKnown(ctx, fields, "pacticipantName", in.Pacticipant, "pacticipantVersionNumber", in.VersionNumber); err != nil {
		return nil, err
	}
	if in.Branch != "" {
		s.CheckName(fields, "branch", in.Branch)
	}
	for _, tag := range in.Tags {
		s.CheckName(fields, "tags", tag)
	}
	kernel.CheckBuildURL(fields, "buildUrl", in.BuildURL)
	if len(in.Contracts) == 0 {
		fields.Add("contracts", "size cannot be less than 1")
	}
	if len(fields) > 0 {
		return nil, fields.Err()
	}
	limits, beyond := s.Settings.Limits, kernel.Fields{}
	kernel.CheckCount(beyond, "contracts", len(in.Contracts), limits.Contracts, "contracts", "publish them in several requests")
	checkTagged(limits, beyond, len(in.Contracts), len(in.Tags))
	if err := beyond.BeyondLimit(); err != nil {
		return nil, err
	}
	docs := make([]document, len(in.Contracts))
	for i, c := range in.Contracts {
		at := fmt.Sprintf(" (at index %d)", i)
		for _, name := range []string{c.Consumer, c.Provider} {
			problems := kernel.Fields{}
			s.CheckName(problems, "", name)
			if err := s.AllowKnown(ctx, problems, "", name, "", ""); err != nil {
				return nil, err
			}
			for _, text := range problems[""] {
				fields.Add("contracts", "%s", text+at)
			}
		}
		if c.Consumer != in.Pacticipant {
			fields.Add("contracts", "consumerName ('%s') must match pacticipantName ('%s')%s", c.Consumer, in.Pacticipant, at)
		}
		var err error
		if docs[i], err = s.prepare(c.Content); err != nil {
			fields.Add("contracts", "%s", err.Error()+at)
		}
		checkNames(fields, c, docs[i], at)
	}
	return docs, fields.Err()
}

// checkNames compares the names in a document with those around it.
func checkNames(fields kernel.Fields, c ContractDocument, doc document, at string) {
	if doc.consumer != "" && doc.consumer != c.Consumer {
		fields.Add("contracts", "consumer name in contract content ('%s') must match consumerName in contract params ('%s')%s", doc.consumer, c.Consumer, at)
	}
	if doc.provider != "" && doc.provider != c.Provider {
		fields.Add("contracts", "provider name in contract content ('%s') must match providerName in contract params ('%s')%s", doc.provider, c.Provider, at)
	}
}
