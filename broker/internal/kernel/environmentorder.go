package kernel

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// stages are the words that tell in the name of an environment how near it is to
// users, the nearest first. Words of one line are as near.
var stages = [][]string{
	{"production", "prod", "prd", "live"},
	{"preproduction", "preprod", "staging", "stage", "stg"},
	{"acceptance", "uat", "demo", "canary"},
	{"qa", "test", "testing", "tst", "integration", "int", "ci"},
	{"development", "dev", "sandbox", "preview", "local"},
}

// unknownStage is how near an environment is whose name tells nothing: behind those
// whose names say that users are near, before those for tests.
const unknownStage = 3

// ProductionFirst returns the environments in the order in which people look at
// them, which is that of every page: production environments first, then by how
// near to users their names say they are, then by what they are called.
func ProductionFirst(environments []Environment) []Environment {
	out := slices.Clone(environments)
	slices.SortStableFunc(out, CompareEnvironments)
	return out
}

// CompareEnvironments orders as [ProductionFirst] does.
func CompareEnvironments(a, b Environment) int {
	return cmp.Or(
		-compareFlags(a.Production, b.Production), stage(a.Name)-stage(b.Name),
		strings.Compare(strings.ToLower(called(a)), strings.ToLower(called(b))), strings.Compare(a.Name, b.Name),
	)
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// called is what people call the environment.
func called(e Environment) string { return cmp.Or(e.DisplayName, e.Name) }

// stage is how near to users an environment of that name is: the first word that
// tells counts.
func stage(name string) int {
	for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		for near, words := range stages {
			if slices.Contains(words, word) {
				if near >= unknownStage {
					near++
				}
				return near
			}
		}
	}
	return unknownStage
}
