package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/internal/exact"
	"github.com/treatyhq/treaty/internal/hal"
	"github.com/treatyhq/treaty/internal/members"
)

// publishContracts answers 200 for new contracts too: clients know it so.
func (a *API) publishContracts(c echo.Context) error {
	var in publish.ContractsPublication
	if err := bind(c, func(f *form) { in = readPublication(f) }); err != nil {
		return err
	}
	if err := a.allow(c, access.ManageContracts, access.Application(in.Pacticipant)); err != nil {
		return err
	}
	out, err := a.service.Publish.PublishContracts(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.publicationDoc(c, out))
}

func readPublication(f *form) publish.ContractsPublication {
	in := publish.ContractsPublication{
		Pacticipant:   f.text("pacticipantName", required|filled|notBlank|singleLine|isName),
		VersionNumber: f.text("pacticipantVersionNumber", required|filled|notBlank|singleLine|isName),
		Tags:          f.texts("tags", filled|notBlank|isName),
		Branch:        f.text("branch", notBlank|singleLine|isName),
		BuildURL:      f.text("buildUrl", singleLine),
	}
	if _, given := f.values["contracts"]; !given {
		f.fail("contracts", "is missing")
	}
	items := f.items("contracts")
	if list, ok := f.values["contracts"].([]any); ok && len(list) == 0 {
		f.fail("contracts", "size cannot be less than 1")
	}
	pacticipant, _ := f.values["pacticipantName"].(string)
	for _, item := range items {
		in.Contracts = append(in.Contracts, readContract(item, pacticipant))
	}
	return in
}

// readContract reads one contract of a publication. Its consumer must be the
// pacticipant that publishes.
func readContract(f *form, pacticipant string) publish.ContractDocument {
	if f.values == nil {
		return publish.ContractDocument{}
	}
	doc := publish.ContractDocument{
		Consumer:   f.text("consumerName", required|filled|notBlank|isName),
		Provider:   f.text("providerName", required|filled|notBlank|isName),
		OnConflict: publish.OnConflict(f.oneOf("onConflict", "overwrite", "merge")),
	}
	f.mustBe("contentType", typeJSON)
	f.mustBe("specification", "pact")
	if doc.Consumer != "" && pacticipant != "" && doc.Consumer != pacticipant {
		f.fail("", fmt.Sprintf("consumerName ('%s') must match pacticipantName ('%s')", doc.Consumer, pacticipant))
	}
	doc.Content = readContent(f, doc)
	return doc
}

// readContent decodes the content of a contract and checks that it is a JSON
// document between the parties that the publication names.
func readContent(f *form, doc publish.ContractDocument) []byte {
	encoded := f.text("content", required|filled)
	content, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || encoded == "" || strings.ContainsAny(encoded, "\r\n") {
		f.fail("", "is not valid Base64")
		return nil
	}
	document, message := parseContent(content)
	if message != "" {
		f.fail("", message)
		return nil
	}
	checkContentParty(f, document, "consumer", doc.Consumer)
	checkContentParty(f, document, "provider", doc.Provider)
	return content
}

// parseContent cuts a document into its members: its parts are looked at by
// those who need them.
func parseContent(content []byte) (document map[string]json.RawMessage, message string) {
	if !utf8.Valid(content) {
		return nil, notUTF8("contract content", content).Error()
	}
	if jsonDepth(content) > maxContentDepth {
		return nil, fmt.Sprintf("content is nested more than %d levels deep", maxContentDepth)
	}
	if exact.Valid(content) {
		document = map[string]json.RawMessage{}
		if members.Each(content, func(name string, value []byte) { document[name] = value }) {
			return document, ""
		}
	}
	value, err := exact.Value(content)
	if err != nil {
		return nil, "content could not be parsed as application/json"
	}
	return nil, "parsed content was expected to be an object but was " + jsonKind(value)
}

// maxContentDepth is how deeply a contract may be nested.
const maxContentDepth = 100

func checkContentParty(f *form, document map[string]json.RawMessage, role, want string) {
	// What is not an object with a name is stored as it is.
	if name, named := members.Text(document[role], "name"); named && want != "" && name != want {
		f.fail("", fmt.Sprintf("%s name in contract content ('%s') must match %sName in contract params ('%s')",
			role, name, role, want))
	}
}

func (a *API) publicationDoc(c echo.Context, out publish.ContractsPublished) *hal.Resource {
	l := a.links(c)
	name, number := out.Version.Pacticipant.Name, out.Version.Number
	logs := make([]*hal.Object, 0, len(out.Notices))
	for _, notice := range out.Notices {
		logs = append(logs, new(hal.Object).Set("level", string(notice.Level)).
			Set("message", noticeText(l, notice)).
			Set("deprecationWarning", "Replaced by notices"))
	}
	r := hal.New().Set("logs", logs).Set("notices", noticeList(l, out.Notices)).
		Embed("pacticipant", pacticipantStub(l, name)).
		Embed("version", versionStub(l, name, number)).
		Link("pb:pacticipant", titled("Pacticipant", name, l.Pacticipant(name))).
		Link("pb:pacticipant-version", titled("Pacticipant version", number, l.Version(name, number)))
	return r.Links("pb:pacticipant-version-tags", publishedTags(l, out)).
		Links("pb:contracts", publishedContracts(l, out))
}

func publishedTags(l links.Links, out publish.ContractsPublished) []hal.Link {
	tags := make([]hal.Link, 0, len(out.Tags))
	for _, tag := range out.Tags {
		tags = append(tags, titled("Tag", tag, l.Tag(out.Version.Pacticipant.Name, out.Version.Number, tag)))
	}
	return tags
}

func publishedContracts(l links.Links, out publish.ContractsPublished) []hal.Link {
	contracts := make([]hal.Link, 0, len(out.Contracts))
	for _, p := range out.Contracts {
		contracts = append(contracts, titled("Pact", pactName(p),
			l.Pair(p.Provider.Name, p.Consumer.Name).Pact(p.ConsumerVersion.Number)))
	}
	return contracts
}
