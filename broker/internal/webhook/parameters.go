package webhook

import (
	"net/http"
	"slices"
)

// Parameter is a name that may stand in a webhook, as ${pactbroker.NAME}.
type Parameter struct{ Name, Meaning string }

// Parameters are all of them. A test holds that each of them is filled.
func Parameters() []Parameter {
	return []Parameter{
		{"consumerName", "the consumer"},
		{"providerName", "the provider"},
		{"consumerVersionNumber", "the version of the consumer"},
		{"providerVersionNumber", "the version of the provider, of a result or that should verify"},
		{"consumerVersionBranch", "the branch of the consumer version"},
		{"consumerVersionTags", "its tags"},
		{"consumerLabels", "the labels of the consumer"},
		{"providerVersionBranch", "the branch of the provider version"},
		{"providerVersionTags", "its tags"},
		{"providerVersionDescriptions", "why that version should verify, such as: deployed in production"},
		{"providerLabels", "the labels of the provider"},
		{"pactUrl", "the address of the contract"},
		{"verificationResultUrl", "the address of the result"},
		{"eventName", "the name of the event in the API"},
		{"buildUrl", "the build that published"},
		{"githubVerificationStatus", "the result as GitHub calls it"},
		{"gitlabVerificationStatus", "as GitLab calls it"},
		{"bitbucketVerificationStatus", "as Bitbucket calls it"},
		{"azureDevOpsVerificationStatus", "as Azure DevOps calls it"},
	}
}

// Methods are those that the request of a webhook may have on this broker.
func (s *Service) Methods() []string {
	allowed := s.Settings.Webhooks.Methods
	if len(allowed) == 0 {
		return knownMethods()
	}
	return slices.DeleteFunc(slices.Clone(allowed), func(method string) bool { return !knownMethod(method) })
}

func knownMethods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
}
