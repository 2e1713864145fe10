package api

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/internal/hal"
)

// getMetrics answers how much the broker holds.
func (a *API) getMetrics(c echo.Context) error {
	m, err := a.service.Overview.CountAll(c.Request().Context())
	if err != nil {
		return err
	}
	r := new(hal.Object).
		Set("interactions", counts("latestInteractionsCount", m.LatestInteractions,
			"latestMessagesCount", m.LatestMessages,
			"latestInteractionsAndMessagesCount", m.LatestInteractions+m.LatestMessages)).
		Set("pacticipants", counts("count", m.Pacticipants, "withMainBranchSetCount", m.PacticipantsWithMainBranch)).
		Set("integrations", counts("count", m.Integrations)).
		Set("pactPublications", counts("count", m.Publications).
			Set("first", timeOrNull(m.FirstPublication)).Set("last", timeOrNull(m.LastPublication))).
		Set("pactVersions", counts("count", m.Contents)).
		Set("pactRevisionsPerConsumerVersion", distribution(m.RevisionsPerVersion)).
		Set("verificationResults", counts("count", m.Verifications, "successCount", m.Successes,
			"failureCount", m.Failures, "distinctCount", m.DistinctVerifications).
			Set("first", timeOrNull(m.FirstVerification)).Set("last", timeOrNull(m.LastVerification))).
		Set("verificationResultsPerPactVersion", distribution(m.VerificationsPerContent)).
		Set("pacticipantVersions", counts("count", m.Versions, "withUserCreatedBranchCount", m.VersionsWithUserBranch,
			"withBranchCount", m.VersionsWithBranch, "withBranchSetCount", m.VersionsWithBranch)).
		Set("webhooks", counts("count", m.Webhooks)).
		Set("tags", counts("count", m.Tags, "distinctCount", m.DistinctTags,
			"distinctWithPacticipantCount", m.DistinctTagsPerParty)).
		Set("triggeredWebhooks", counts("count", m.TriggeredWebhooks)).
		Set("webhookExecutions", counts("count", m.WebhookExecutions)).
		Set("matrix", counts("count", int64(-1))).
		Set("environments", counts("count", m.Environments)).
		Set("deployedVersions", counts("count", m.Deployed, "userCreatedCount", m.UserDeployed,
			"currentlyDeployedCount", m.CurrentlyDeployed)).
		Set("releasedVersions", counts("count", m.Released, "currentlySupportedCount", m.CurrentlySupported))
	if !m.CountedAt.IsZero() {
		r.Set("countedAt", hal.Time(m.CountedAt))
	}
	return writeHAL(c, http.StatusOK, r)
}

// counts makes an object of pairs of a name and a number.
func counts(pairs ...any) *hal.Object {
	out := new(hal.Object)
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i].(string), pairs[i+1])
	}
	return out
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return hal.Time(t)
}

// distribution tells how many things have one, two, three of something.
func distribution(of map[int64]int64) *hal.Object {
	inner := new(hal.Object)
	for _, key := range slices.Sorted(maps.Keys(of)) {
		inner.Set(strconv.FormatInt(key, 10), of[key])
	}
	return new(hal.Object).Set("distribution", inner)
}
