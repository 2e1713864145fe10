package matching

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/treatyhq/treaty/contract"
)

// text asks the rule for a text value: a path, a query or header value,
// metadata, an XML text or attribute, a form value, a text body. It returns
// why the value is rejected, or "".
func (c *check) text(expected, actual string) string {
	switch r := c.rule.(type) {
	case contract.EqualityRule, contract.ValuesRule:
		if expected != actual {
			return textNotEqual(expected, actual)
		}
	case contract.RegexRule:
		return c.checkPattern(actual)
	case contract.TypeRule, contract.MinRule, contract.MaxRule:
		// All text is of one type.
	case contract.IncludeRule:
		if !strings.Contains(actual, r.Value) {
			return fmt.Sprintf("Expected '%s' to include '%s'", cut(actual), cut(r.Value))
		}
	case contract.NumberRule, contract.DecimalRule:
		return unlessText(isFloat(actual), actual, "to match a number")
	case contract.IntegerRule:
		return unlessText(isInteger(actual), actual, "to match an integer number")
	case contract.BooleanRule:
		if actual != "true" && actual != "false" {
			return fmt.Sprintf("Expected %s to match a boolean", cut(actual))
		}
	case contract.DateRule:
		return c.checkFormat("date", actual)
	case contract.TimeRule:
		return c.checkFormat("time", actual)
	case contract.DateTimeRule:
		return c.checkFormat("timestamp", actual)
	case contract.SemverRule:
		return checkSemver(actual)
	case contract.NotEmptyRule:
		if actual == "" {
			return "Expected '' to not be empty"
		}
	case contract.ContentTypeRule:
		return checkContentType(r, []byte(actual))
	case contract.StatusCodeRule:
		return checkStatusText(r, actual)
	default: // null, eachKey, eachValue, arrayContains
		return fmt.Sprintf("Unable to match '%s' using %s", cut(actual), c.rule.Name())
	}
	return ""
}

func textNotEqual(expected, actual string) string {
	return fmt.Sprintf("Expected '%s' to be equal to '%s'", cut(actual), cut(expected))
}

func unlessText(ok bool, actual, what string) string {
	if ok {
		return ""
	}
	return fmt.Sprintf("Expected '%s' %s", cut(actual), what)
}

func (c *check) checkPattern(actual string) string {
	ok, err := c.regex.match(actual)
	switch {
	case err != nil:
		return fmt.Sprintf("Unable to match '%s': %v", cut(actual), err)
	case !ok:
		return fmt.Sprintf("Expected '%s' to match '%s'", cut(actual), cut(c.regex.source))
	}
	return ""
}

func (c *check) checkFormat(what, actual string) string {
	if _, ok := c.format.match(actual); ok {
		return ""
	}
	return fmt.Sprintf("Expected '%s' to match a %s pattern of '%s'", cut(actual), what, cut(c.format.source))
}

// isFloat accepts what a float parser accepts, but no hexadecimal and no
// underscores.
func isFloat(s string) bool {
	if strings.ContainsAny(s, "xX_pP") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	// Text too large for a float is still a number.
	return err == nil || strings.Contains(err.Error(), strconv.ErrRange.Error())
}

func isInteger(s string) bool {
	s = strings.TrimLeft(s[:min(len(s), 1)], "+-") + s[min(len(s), 1):]
	return isNumber(s)
}

// checkSemver accepts semantic versions 2.0 only: no "v", no missing part.
func checkSemver(actual string) string {
	if _, err := semver.StrictNewVersion(actual); err != nil {
		return fmt.Sprintf("'%s' is not a valid semantic version - %v", cut(actual), err)
	}
	return ""
}

// decodedIfBase64 returns the bytes that s encodes, or those of s itself.
func decodedIfBase64(s string) []byte {
	if data, err := base64.StdEncoding.DecodeString(s); err == nil && len(data) > 0 {
		return data
	}
	return []byte(s)
}

// checkContentType compares the media type that the bytes look like.
func checkContentType(r contract.ContentTypeRule, data []byte) string {
	if detected := detectContentType(data, r.Value); detected != "" {
		return fmt.Sprintf("Expected binary contents to have content type '%s' but detected contents was '%s'", r.Value, detected)
	}
	return ""
}
