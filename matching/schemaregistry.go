package matching

import "github.com/treatyhq/treaty/contract"

// schemaHeader is the length of what a Kafka schema registry's serializer puts
// in front of a value: a zero byte and the schema's number in four bytes.
const schemaHeader = 5

// withoutSchemaHeader returns contents of the type
// "application/vnd.schemaregistry.v1+json" without that header, as a contract
// describes the value and not the wire (rule 10 in doc.go; compatibility
// suite, V3 message provider).
func withoutSchemaHeader(data []byte, t contract.ContentType) []byte {
	if t.Sub == "vnd.schemaregistry.v1" && len(data) > schemaHeader && data[0] == 0 {
		return data[schemaHeader:]
	}
	return data
}
