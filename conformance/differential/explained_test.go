package differential_test

// explained lists the interactions on which the two verifiers disagree, by
// corpus and name, and the requests that they send differently, with the
// reason.
var explained = map[string]string{
	"breakages/null body expected, JSON null given": "JSON null is the literal meaning of a null body; the official verifier only accepts " +
		"no body at all, ours accepts both",
	"breakages/header list written as one value": "in a V4 file the official verifier keeps a list that was written as one string in one piece " +
		"but splits the received one, so the same text on both sides never matches; ours splits both",
	"sent/v2/42": quoted,
	"sent/v3/42": quoted,
	"pact-broker_c1/2 a request to the root, generated":  literal,
	"pact-broker_c1/2 a request to the root, as written": literal,
	"pact-broker_c2/2 a request to the root, generated":  literal,
	"pact-broker_c2/2 a request to the root, as written": literal,
}

const quoted = "a string body of JSON type that holds quotes: the official verifier puts quotes around it and escapes nothing, which is not JSON; ours is"

const literal = "the pattern quotes literal text as \\Q...\\E, as in Java and RE2; the official verifier does not read it so, and there even the pact's own example does not match"
