package usecase

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
)

// AddSample fills an empty broker with a small shop to look around in: three
// applications, one of which waits before production because its newest version
// breaks a contract. It returns CodeConflict if anything is known already. It goes
// the ways that pipelines go, one after the other: who meets an error in between
// deletes what is there, and begins again.
func (a *All) AddSample(ctx context.Context) error {
	known, err := a.Registry.ListPacticipants(ctx, kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: 1}})
	if err != nil {
		return err
	}
	environments, err := a.Registry.ListEnvironments(ctx, "")
	if err != nil {
		return err
	}
	if known.Total > 0 || len(environments) > 0 {
		return kernel.Errorf(kernel.CodeConflict, "The broker is not empty any more. Sample data would mix with what is here, so that none was added.")
	}
	s := sample{a, ctx}
	production, err := s.environment("production", true)
	if err != nil {
		return err
	}
	staging, err := s.environment("staging", false)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return s.publish("storefront", "1.0.0", "catalog", priceAs(3999), "payments", paying) },
		func() error { return s.verify("storefront", "catalog", "1.0.0", nil) },
		func() error { return s.verify("storefront", "payments", "1.0.0", nil) },
		func() error {
			return s.deploy(production, "catalog", "1.0.0", "payments", "1.0.0", "storefront", "1.0.0")
		},
		func() error { return s.deploy(staging, "catalog", "1.0.0", "payments", "1.0.0", "storefront", "1.0.0") },
		func() error { return s.head("catalog", "1.1.0") },
		func() error { return s.verify("storefront", "catalog", "1.1.0", priceIsText) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("add sample data: %w", err)
		}
	}
	return nil
}

// sample adds the data.
type sample struct {
	*All
	ctx context.Context
}

func (s sample) environment(name string, production bool) (string, error) {
	made, err := s.Registry.CreateEnvironment(s.ctx, registry.EnvironmentInput{Name: name, Production: production})
	return made.UUID, err
}

// exchange is an interaction of a contract.
type exchange struct {
	Description string         `json:"description"`
	Request     map[string]any `json:"request"`
	Response    map[string]any `json:"response"`
}

func priceAs(price any) exchange {
	return exchange{"a request for product 10", map[string]any{"method": "GET", "path": "/products/10"}, map[string]any{
		"status": 200, "headers": map[string]any{"Content-Type": "application/json"}, "body": map[string]any{"id": 10, "price": price},
		"matchingRules": map[string]any{"body": map[string]any{"$.price": map[string]any{"matchers": []any{map[string]any{"match": "integer"}}}}},
	}}
}

var paying = exchange{"a payment", map[string]any{
	"method": "POST", "path": "/payments", "headers": map[string]any{"Content-Type": "application/json"}, "body": map[string]any{"order": 7, "amount": 3999},
}, map[string]any{"status": 201}}

// publish publishes a version with a contract for each provider that is named.
func (s sample) publish(consumer, version string, providers ...any) error {
	in := publish.ContractsPublication{Pacticipant: consumer, VersionNumber: version, Branch: "main"}
	for i := 0; i < len(providers); i += 2 {
		provider := fmt.Sprint(providers[i])
		content, err := json.Marshal(map[string]any{
			"consumer": map[string]any{"name": consumer}, "provider": map[string]any{"name": provider}, "interactions": []any{providers[i+1]},
			"metadata": map[string]any{"pactSpecification": map[string]any{"version": "3.0.0"}},
		})
		if err != nil {
			return err
		}
		in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: consumer, Provider: provider, Content: content})
	}
	_, err := s.Publish.PublishContracts(s.ctx, in)
	return err
}

// priceIsText is what the verifier tells of the version that breaks the contract.
var priceIsText = map[string]any{"interactionDescription": "a request for product 10", "success": false, "mismatches": []any{map[string]any{
	"attribute": "body", "identifier": "$.price", "description": "Expected '39.99 EUR' (String) to be an integer", "expected": "3999", "actual": "39.99 EUR",
}}}

// verify records a result for the latest contract of a pair: a failure if it is told.
func (s sample) verify(consumer, provider, version string, failure map[string]any) error {
	pact, err := s.Publish.FindPact(s.ctx, kernel.PactQuery{Consumer: consumer, Provider: provider})
	if err != nil {
		return err
	}
	in := result.VerificationInput{Consumer: consumer, Provider: provider, SHA: pact.SHA, ProviderVersion: version, Success: failure == nil}
	if failure != nil {
		if in.TestResults, err = json.Marshal([]any{failure}); err != nil {
			return err
		}
	}
	if _, err := s.Result.RecordVerification(s.ctx, in); err != nil {
		return err
	}
	return s.head(provider, version)
}

// head puts a version on the main branch.
func (s sample) head(application, version string) error {
	_, _, err := s.Registry.PutBranchVersion(s.ctx, application, "main", version)
	return err
}

// deploy records that versions are in an environment.
func (s sample) deploy(environment string, versions ...string) error {
	for i := 0; i < len(versions); i += 2 {
		if _, err := s.Registry.RecordDeployment(s.ctx, registry.Deployment{Pacticipant: versions[i], Version: versions[i+1], EnvironmentUUID: environment}); err != nil {
			return err
		}
	}
	return nil
}
