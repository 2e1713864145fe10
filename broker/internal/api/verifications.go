package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) recordVerification(c echo.Context) error {
	in := result.VerificationInput{
		Consumer: c.Param("consumer"), Provider: c.Param("provider"), SHA: c.Param("sha"),
		Metadata: decodeMetadata(c.Param("metadata")),
	}
	if err := bind(c, func(f *form) { readVerification(f, &in) }); err != nil {
		return err
	}
	v, err := a.service.Result.RecordVerification(c.Request().Context(), in)
	if err != nil {
		return err
	}
	l := a.links(c)
	location := l.Pair(v.Provider.Name, v.Consumer.Name).Result(v.SHA, v.Number)
	return writeCreated(c, true, location, verificationDoc(l, v))
}

func readVerification(f *form, in *result.VerificationInput) {
	success := f.flag("success", "must be boolean")
	switch value, given := f.values["success"]; {
	case !given:
		f.fail("success", "is missing")
	case value == nil:
		f.fail("success", "must be boolean")
	}
	in.Success = success != nil && *success
	in.ProviderVersion = f.text("providerApplicationVersion", required|filled|notBlank|isName)
	in.BuildURL = f.text("buildUrl", singleLine)
	if in.BuildURL != "" && !isWebURL(in.BuildURL) {
		f.fail("buildUrl", "is not a URL; it looks like https://ci.example.org/builds/7")
	}
	in.TestResults = f.raw("testResults")
	in.VerifiedBy = f.raw("verifiedBy")
	if date, ok := f.values["verificationDate"].(string); ok {
		// A date that cannot be read is left out: the result matters more.
		if at, err := time.Parse(time.RFC3339, date); err == nil {
			in.ExecutedAt = at.UTC()
		}
	}
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// errAllResults answers the number "all", which people try.
var errAllResults = kernel.Errorf(kernel.CodeNotFound,
	"Results are numbered; the matrix lists all of a pact").WithReason(kernel.ReasonUnknownName)

func (a *API) getVerification(c echo.Context) error {
	q, err := verificationByNumber(c)
	if err != nil {
		return err
	}
	return a.writeVerification(c, q)
}

func (a *API) deleteVerification(c echo.Context) error {
	q, err := verificationByNumber(c)
	if err != nil {
		return err
	}
	return deleted(c, a.service.Result.DeleteVerification(c.Request().Context(), q))
}

func verificationByNumber(c echo.Context) (kernel.VerificationQuery, error) {
	q := kernel.VerificationQuery{Pact: pairOf(c)}
	q.Pact.SHA = c.Param("sha")
	if c.Param("number") == "all" {
		return q, errAllResults
	}
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil || number < 1 {
		return q, errGeneric
	}
	q.Number = number
	return q, nil
}

// latestOf names the newest result of the pact that an address means.
func latestOf(c echo.Context) kernel.VerificationQuery {
	q := pairOf(c)
	switch {
	case c.Param("sha") != "":
		q.SHA = c.Param("sha")
	case c.Param("version") != "":
		q.Version = c.Param("version")
	case c.Param("tag") != "":
		q.Tag = c.Param("tag")
	default:
		q.Latest = true
	}
	return kernel.VerificationQuery{Pact: q}
}

// getLatestVerification falls back to the latest pact where none has the tag,
// because Pact Broker does not look at the tag here at all.
func (a *API) getLatestVerification(c echo.Context) error {
	q := latestOf(c)
	err := a.writeVerification(c, q)
	if q.Pact.Tag != "" && kernel.IsNotFound(err) {
		q.Pact.Tag, q.Pact.Latest = "", true
		return a.writeVerification(c, q)
	}
	return err
}

func (a *API) deleteLatestVerification(c echo.Context) error {
	return deleted(c, a.service.Result.DeleteVerification(c.Request().Context(), latestOf(c)))
}

func (a *API) writeVerification(c echo.Context, q kernel.VerificationQuery) error {
	v, err := a.service.Result.FindVerification(c.Request().Context(), q)
	if err != nil {
		return err
	}
	if q.Pact.Version != "" {
		// Asked from a consumer version, the result is seen from that one.
		v.ConsumerVersion.Number = q.Pact.Version
	}
	l := a.links(c)
	r := verificationDoc(l, v)
	if chosen(c) == typeExtended {
		r.Embed("tags", providerTags(l, v))
	}
	return writeHAL(c, http.StatusOK, r)
}

func providerTags(l links.Links, v kernel.Verification) []*hal.Resource {
	tags := make([]*hal.Resource, 0, len(v.ProviderTags))
	for _, t := range v.ProviderTags {
		tags = append(tags, hal.New().Set("name", t.Name).Set("latest", t.Latest).
			Link("self", titled("Tag", t.Name, l.Tag(v.Provider.Name, v.ProviderVersion.Number, t.Name))))
	}
	return tags
}

func verificationDoc(l links.Links, v kernel.Verification) *hal.Resource {
	pair := l.Pair(v.Provider.Name, v.Consumer.Name)
	name := "Pact between " + v.Consumer.Name + " (" + v.ConsumerVersion.Number + ") and " + v.Provider.Name
	r := hal.New().Set("providerName", v.Provider.Name).
		Set("providerApplicationVersion", v.ProviderVersion.Number).
		Set("success", v.Success).
		Set("verificationDate", hal.Time(v.ExecutedAt)).
		SetText("buildUrl", v.BuildURL)
	if len(v.TestResults) > 0 {
		r.Set("testResults", v.TestResults)
	}
	meta := kernel.PactMetadata{ConsumerVersionNumber: v.ConsumerVersion.Number}
	content := pair.Content(v.SHA)
	if segment := encodeMetadata(meta); segment != "" {
		content = pair.ContentWithMetadata(v.SHA, segment)
	}
	return r.Set("verifiedBy", verifiedBy(v.VerifiedBy)).
		Link("self", titled("Verification result",
			"Verification result "+strconv.FormatInt(v.Number, 10)+" for "+name, pair.Result(v.SHA, v.Number))).
		Link("pb:pact-version", titled("Pact", name, content)).
		Link("pb:triggered-webhooks", hal.Link{
			Title: "What the publication of this result set off",
			Href:  pair.ResultTriggeredWebhooks(v.SHA, v.Number)})
}

// verifiedBy tells who verified. The client's members come in a nested object
// and go out flat; clients know it so.
func verifiedBy(received []byte) *hal.Object {
	var in struct {
		Implementation *string `json:"implementation"`
		Version        *string `json:"version"`
		ClientLanguage struct {
			Name          *string `json:"name"`
			Version       *string `json:"version"`
			TestFramework *string `json:"testFramework"`
		} `json:"clientLanguage"`
	}
	out := new(hal.Object)
	if len(received) == 0 || json.Unmarshal(received, &in) != nil {
		return out
	}
	setIfKnown(out, "implementation", in.Implementation)
	setIfKnown(out, "version", in.Version)
	setIfKnown(out, "client_implementation", in.ClientLanguage.Name)
	setIfKnown(out, "client_test_framework", in.ClientLanguage.TestFramework)
	setIfKnown(out, "client_version", in.ClientLanguage.Version)
	return out
}

func setIfKnown(out *hal.Object, name string, value *string) {
	if value != nil && strings.TrimSpace(*value) != "" {
		out.Set(name, *value)
	}
}

// summariseVerifications answers the newest result of each provider.
func (a *API) summariseVerifications(c echo.Context) error {
	consumer, version := c.Param("consumer"), c.Param("version")
	s, err := a.service.Result.SummariseVerifications(c.Request().Context(), consumer, version)
	if err != nil {
		return err
	}
	l := a.links(c)
	results := make([]*hal.Resource, 0, len(s.Results))
	for _, v := range s.Results {
		results = append(results, verificationDoc(l, v))
	}
	summary := new(hal.Object).
		Set("successful", listOf(s.Successful)).
		Set("failed", listOf(s.Failed)).
		Set("unknown", listOf(s.Unknown))
	r := hal.New().Set("success", s.Success).Set("providerSummary", summary).
		Embed("verificationResults", results).
		Link("self", hal.Link{Href: a.requestURL(c),
			Title: "Latest verification results for consumer " + consumer + " version " + version})
	return writeHAL(c, http.StatusOK, r)
}

// listOf writes no items as an empty list.
func listOf(items []string) []string {
	if items == nil {
		return []string{}
	}
	return items
}
