package picking_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// decodeAndCheck does what the API does with a body: read it, then ask.
func decodeAndCheck(t *testing.T, p *usecasetest.Player, body string) error {
	t.Helper()
	var document any
	require.NoError(t, json.Unmarshal([]byte(body), &document))
	q, err := picking.DecodePactsForVerification("Bar", document)
	if err != nil {
		return err
	}
	_, err = forVerification(p, q)
	return err
}

func TestSelectorsThatMakeNoSenseAreRefusedByField(t *testing.T) {
	t.Parallel()
	p := usecasetest.NewPlayer(t, usecasetest.OpenSQLite(t))
	for _, tt := range []struct{ name, body, field, message string }{
		{"empty", `{"consumerVersionSelectors": [{}]}`, "consumerVersionSelectors", "(at index 0)"},
		{"only a consumer", `{"consumerVersionSelectors": [{"consumer": "Foo"}]}`, "consumerVersionSelectors", "needs a tag, a branch or an environment"},
		{"blank consumer", `{"consumerVersionSelectors": [{"consumer": " ", "latest": true}]}`, "consumerVersionSelectors", "consumer cannot be blank"},
		{"mainBranch false", `{"consumerVersionSelectors": [{"mainBranch": false}]}`, "consumerVersionSelectors", "mainBranch must be true"},
		{"mainBranch and tag", `{"consumerVersionSelectors": [{"mainBranch": true, "tag": "x"}]}`, "consumerVersionSelectors", "mainBranch goes with nothing but consumer"},
		{"mainBranch not latest", `{"consumerVersionSelectors": [{"mainBranch": true, "latest": false}]}`, "consumerVersionSelectors", "latest=false"},
		{"matchingBranch without branch", `{"consumerVersionSelectors": [{"matchingBranch": true}]}`, "consumerVersionSelectors", "providerVersionBranch"},
		{"matchingBranch and branch", `{"providerVersionBranch": "x", "consumerVersionSelectors": [{"matchingBranch": true, "branch": "x"}]}`, "consumerVersionSelectors", "matchingBranch goes with nothing"},
		{"tag and branch", `{"consumerVersionSelectors": [{"latest": true}, {"tag": "a", "branch": "b"}]}`, "consumerVersionSelectors", "(at index 1)"},
		{"branch not latest", `{"consumerVersionSelectors": [{"branch": "b", "latest": false}]}`, "consumerVersionSelectors", "latest=false"},
		{"fallbackTag, not latest", `{"consumerVersionSelectors": [{"tag": "a", "fallbackTag": "b"}]}`, "consumerVersionSelectors", "fallbackTag needs latest=true"},
		{"fallbackBranch without branch", `{"consumerVersionSelectors": [{"latest": true, "fallbackBranch": "b"}]}`, "consumerVersionSelectors", "fallbackBranch needs a branch"},
		{"branch and environment", `{"consumerVersionSelectors": [{"branch": "a", "environment": "prod"}]}`, "consumerVersionSelectors", "branch does not go with environment"},
		{"unknown environment", `{"consumerVersionSelectors": [{"environment": "nope"}]}`, "consumerVersionSelectors", "does not exist"},
		{"deployed and released", `{"consumerVersionSelectors": [{"deployed": true, "released": true}]}`, "consumerVersionSelectors", "deployedOrReleased"},
		{"wrong types", `{"consumerVersionSelectors": [{"tag": 1, "latest": "yes"}]}`, "consumerVersionSelectors", "tag must be a string"},
		{"not an object", `{"consumerVersionSelectors": ["latest"]}`, "consumerVersionSelectors", "must be an object"},
		{"not a list", `{"consumerVersionSelectors": {"latest": true}}`, "consumerVersionSelectors", "must be an array"},
		{"not an object at all", `[]`, "", "must be a JSON object"},
		{"blank branch", `{"providerVersionBranch": " "}`, "providerVersionBranch", "cannot be blank"},
		{"empty branch with pending", `{"providerVersionBranch": "", "includePendingStatus": true}`, "providerVersionBranch", "must not be empty"},
		{"tags not a list", `{"providerVersionTags": "main"}`, "providerVersionTags", "must be an array"},
		{"pending not a boolean", `{"includePendingStatus": "maybe"}`, "includePendingStatus", "true, false"},
		{"since not a date", `{"includeWipPactsSince": "yesterday"}`, "includeWipPactsSince", "must be a date"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var problem *kernel.Error
			require.ErrorAs(t, decodeAndCheck(t, p, tt.body), &problem)
			require.Equal(t, kernel.CodeInvalid, problem.Code)
			require.Len(t, problem.Fields, 1)
			require.Contains(t, problem.Fields.String(), tt.message)
			require.NotEmpty(t, problem.Fields[tt.field])
		})
	}
}

func TestLenientFormsAreAccepted(t *testing.T) {
	t.Parallel()
	q, err := picking.DecodePactsForVerification("Bar", nil)
	require.NoError(t, err)
	require.True(t, q.IncludePending, "pending status is on by default")

	for _, body := range []string{
		`{}`, `{"providerVersionBranch": ""}`, `{"providerVersionBranch": null, "providerVersionTags": null}`,
		`{"consumerVersionSelectors": [], "includeWipPactsSince": null, "surprise": 1}`,
		`{"includeWipPactsSince": "2024-01-31"}`, `{"includeWipPactsSince": "2024-01-31T10:00:00+01:00"}`,
	} {
		var document any
		require.NoError(t, json.Unmarshal([]byte(body), &document))
		_, err := picking.DecodePactsForVerification("Bar", document)
		require.NoError(t, err, body)
	}
}

func TestOlderGetFormKnowsTagsOnly(t *testing.T) {
	t.Parallel()
	q, err := picking.DecodePactsForVerificationQuery("Bar", map[string]any{
		"consumer_version_selectors": []any{map[string]any{"tag": "dev", "latest": "true", "fallback_tag": "main"}},
		"provider_version_tags":      []any{"gold"}, "include_pending_status": "false",
	})
	require.NoError(t, err)
	require.True(t, q.Beta)
	require.False(t, q.IncludePending)
	require.Equal(t, []picking.ConsumerVersionSelector{{Tag: "dev", Latest: true, FallbackTag: "main"}}, q.Selectors)

	_, err = picking.DecodePactsForVerificationQuery("Bar", map[string]any{
		"consumer_version_selectors": []any{map[string]any{"latest": "true"}},
	})
	require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
}

// An unknown provider is told apart from selectors that make no sense, which
// come first.
func TestUnknownProviderIsNotFound(t *testing.T) {
	t.Parallel()
	service := usecase.New(usecasetest.OpenSQLite(t), kernel.DefaultSettings())
	_, err := service.Picking.PactsForVerification(t.Context(), picking.PactsForVerificationQuery{Provider: "Nope"})
	require.True(t, kernel.IsNotFound(err))
	require.Equal(t, kernel.ReasonUnknownName, kernel.ReasonOf(err))
}

// The recorded bad selectors are refused under the recorded fields.
func TestRecordedSelectorErrorsAreGivenAgain(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("TREATY_GOLDEN_DIR")
	if folder == "" {
		t.Skip("TREATY_GOLDEN_DIR does not name the folder of recorded answers")
	}
	text, err := os.ReadFile(filepath.Join(folder, "answers", "079-selector-errors.json"))
	require.NoError(t, err)
	var recorded struct {
		Steps []struct {
			ID     string
			Path   string
			JSON   any
			Golden struct {
				Status int
				Body   struct{ Errors map[string]any }
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &recorded))
	p := usecasetest.NewPlayer(t, usecasetest.OpenSQLite(t))
	checked := 0
	for _, step := range recorded.Steps {
		if step.Golden.Status != 400 {
			continue
		}
		checked++
		body, err := json.Marshal(step.JSON)
		require.NoError(t, err)
		var problem *kernel.Error
		require.ErrorAs(t, decodeAndCheck(t, p, string(body)), &problem, step.ID)
		for field := range step.Golden.Body.Errors {
			require.NotEmpty(t, problem.Fields[field], "%s: %s", step.ID, field)
		}
		require.True(t, len(step.Golden.Body.Errors) == 0 || len(step.Golden.Body.Errors) == len(problem.Fields), step.ID)
	}
	require.Greater(t, checked, 20)
}

// No body makes the decoder panic, and what it lets through can be checked.
func FuzzDecodePactsForVerification(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `{"consumerVersionSelectors": [{"mainBranch": true}, {"branch": true}, 3, null]}`,
		`{"providerVersionBranch": " ", "providerVersionTags": [1, "a"], "includeWipPactsSince": "2024-01-31", "includePendingStatus": null}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var document any
		if json.Unmarshal([]byte(body), &document) != nil {
			return
		}
		q, err := picking.DecodePactsForVerification("Bar", document)
		if err != nil {
			require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
			return
		}
		require.Equal(t, "Bar", q.Provider)
	})
}
