package kernel

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

var numberForm = regexp.MustCompile(`^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(.*)$`)

// IsSemantic reports whether a version number can be ranked by CompareNumbers:
// one to three whole numbers, then perhaps a special part and build metadata.
func IsSemantic(number string) bool {
	m := numberForm.FindStringSubmatch(number)
	if m == nil || strings.ContainsAny(number, " \t\n\r") {
		return false
	}
	rest := m[5]
	return rest == "" || strings.ContainsRune("-.+", rune(rest[0])) && len(rest) > 1 ||
		rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= 'A' && rest[0] <= 'Z'
}

// CompareNumbers ranks two version numbers leniently by the rules of semantic
// versioning: a special part comes before none, build metadata decides only
// between equals. Numbers that are not semantic come first.
func CompareNumbers(a, b string) int {
	if !IsSemantic(a) || !IsSemantic(b) {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	}
	x, y := numberForm.FindStringSubmatch(a), numberForm.FindStringSubmatch(b)
	for i := 1; i <= 4; i++ {
		if c := compareDigits(x[i], y[i]); c != 0 {
			return c
		}
	}
	xSpecial, xBuild, _ := strings.Cut(x[5], "+")
	ySpecial, yBuild, _ := strings.Cut(y[5], "+")
	return cmp.Or(compareSpecial(xSpecial, ySpecial), cmp.Compare(xBuild, yBuild))
}

func rank(number string) int {
	if IsSemantic(number) {
		return 1
	}
	return 0
}

// compareDigits compares whole numbers of any length; none counts as zero.
func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func compareSpecial(a, b string) int {
	a, b = strings.TrimLeft(a, "-."), strings.TrimLeft(b, "-.")
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	xs, ys := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < len(xs) && i < len(ys); i++ {
		if c := compareIdentifier(xs[i], ys[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(xs), len(ys))
}

func compareIdentifier(a, b string) int {
	_, aErr := strconv.ParseUint(a, 10, 64)
	_, bErr := strconv.ParseUint(b, 10, 64)
	switch {
	case aErr == nil && bErr == nil:
		return compareDigits(a, b)
	case aErr == nil:
		return -1
	case bErr == nil:
		return 1
	}
	return cmp.Compare(a, b)
}
