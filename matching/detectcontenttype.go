package matching

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// signatures are leading bytes that net/http's sniffing does not know.
var signatures = []struct {
	at    int
	bytes string
	name  string
}{
	{0, "BZh", "application/x-bzip2"},
	{0, "\xFD7zXZ\x00", "application/x-xz"},
	{0, "7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"},
	{0, "\x28\xB5\x2F\xFD", "application/zstd"},
	{0, "II*\x00", "image/tiff"},
	{0, "MM\x00*", "image/tiff"},
	{0, "SQLite format 3\x00", "application/vnd.sqlite3"},
	{0, "Obj\x01", "application/avro"},
	{0, "PAR1", "application/vnd.apache.parquet"},
	{0, "fLaC", "audio/flac"},
	{257, "ustar", "application/x-tar"},
}

// detectContentType returns "" when data is of media type want, else the type
// that it looks like. Only the leading bytes are looked at.
func detectContentType(data []byte, want string) string {
	expected, err := contract.ParseContentType(want)
	if err != nil {
		return "unknown"
	}
	detected := magicType(data)
	if agrees(expected, detected) {
		return ""
	}
	return detected.Essence()
}

// MediaType returns the media type that data looks like, which a contentType
// rule accepts; application/octet-stream for bytes of no known form.
func MediaType(data []byte) string {
	if name := magicType(data).Essence(); name != "application/x-gzip" {
		return name
	}
	return "application/gzip"
}

func magicType(data []byte) contract.ContentType {
	name := ""
	for _, s := range signatures {
		if len(data) > s.at && bytes.HasPrefix(data[s.at:], []byte(s.bytes)) {
			name = s.name
		}
	}
	if name == "" {
		name = http.DetectContentType(data)
	}
	t, _ := contract.ParseContentType(name)
	if t.Essence() == "text/plain" && len(data) > 0 {
		if sniffed, err := contract.ParseContentType(contract.SniffContentType(data)); err == nil {
			t = sniffed
		}
	}
	return t
}

// agrees reports whether bytes that look like detected may be called expected.
// Formats that are written in another one cannot be told apart by leading
// bytes: SVG in XML, HAL in JSON, office documents in ZIP, CSV in plain text.
func agrees(expected, detected contract.ContentType) bool {
	switch name := detected.Essence(); {
	case expected.Essence() == name, expected.Main == detected.Main && "x-"+expected.Sub == detected.Sub, expected.Sub == "x-"+detected.Sub && expected.Main == detected.Main:
		return true
	case detected.IsXML():
		return expected.IsXML() || expected.Suffix == "xml"
	case detected.IsJSON():
		return expected.IsJSON() || expected.Suffix == "json"
	case name == "text/plain":
		return expected.Main == "text"
	case name == "application/zip":
		return zipBased(expected)
	case name == "application/x-gzip":
		return expected.Sub == "gzip"
	}
	return false
}

func zipBased(t contract.ContentType) bool {
	return t.Suffix == "zip" || t.Sub == "java-archive" || strings.HasPrefix(t.Sub, "vnd.openxmlformats-officedocument") ||
		strings.HasPrefix(t.Sub, "vnd.oasis.opendocument")
}
