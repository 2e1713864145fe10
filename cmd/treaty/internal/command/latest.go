package command

import "strings"

// LatestOfAll is the value of a --latest without a tag.
const LatestOfAll = "true"

// JoinLatest rewrites "--latest TAG" to "--latest=TAG", for the
// commands where the tag may be left out. The flag parser cannot tell the two
// uses apart by itself: the Pact clients take the next word as the tag unless
// it starts with a dash, and so does this.
func JoinLatest(args []string) []string {
	if !hasOptionalValue(args) {
		return args
	}
	joined := make([]string, 0, len(args))
	for i := 0; i < len(args); i++ {
		arg := args[i]
		takesNext := i+1 < len(args) && !strings.HasPrefix(args[i+1], "-")
		if (arg == "-l" || arg == "--latest") && takesNext {
			i++
			arg = "--latest=" + args[i]
		}
		joined = append(joined, arg)
	}
	return joined
}

// hasOptionalValue reports whether args call one of the commands whose --latest
// takes a value or none. The command's name is one of the first two words.
func hasOptionalValue(args []string) bool {
	for _, arg := range args[:min(2, len(args))] {
		switch arg {
		case "can-i-deploy", "can-i-merge", "describe-version":
			return true
		}
	}
	return false
}
