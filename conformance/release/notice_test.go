package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheNoticeIsTrue(t *testing.T) {
	t.Parallel()
	r, err := open("../..")
	require.NoError(t, err)
	want, err := r.notice(t.Context())
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(r.root, noticeFile))
	require.NoError(t, err)
	if plainText(string(got)) != plainText(want) { // either is too long to be shown
		t.Error("NOTICE is not what the modules in the binary say: run make notice")
	}
	parts, err := r.partsOf(t.Context())
	require.NoError(t, err)
	for _, p := range parts {
		require.NotEmpty(t, p.names(), "the licence of %s is none that is known here: see whether it may be used, and add it", p.path)
		for _, name := range p.names() {
			require.NotContains(t, name, "GPL", p.path)
		}
	}
}

func TestLicencesAreFoundByTheNamesOfTheirFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"LICENSE": true, "LICENCE.md": true, "license.txt": true, "COPYING": true, "NOTICE": true, "PATENTS": true, "LICENSE-MIT": true, "LICENSE-3RD-PARTY.md": true,
		"SQLITE-LICENSE": true, "UNLICENSE": true, "LICENSE_LOGO.md": true, "LICENSES": true,
		"license.go": false, "README.md": false, "noticeboard.go": false, "licenses.json": false,
	} {
		require.Equal(t, want, isLicence(name), name)
	}
}

func TestTheListOfWhatIsInABinary(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{
		GoVersion: "go1.26.8 X:something",
		Main:      debug.Module{Path: library + "/cmd", Version: "v1.2.3"},
		Deps: []*debug.Module{
			{Path: library, Version: "v1.2.3"},
			{Path: "example.test/a", Version: "v0.1.0+incompatible", Sum: "h1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
			{Path: "example.test/b", Version: "v0.1.0", Replace: &debug.Module{Path: "example.test/c", Version: "v0.2.0"}},
		},
	}
	parts := []part{{path: "example.test/a", texts: []licence{{"LICENSE", "Permission is hereby granted, free of charge … copies of the Software"}}}, {path: "example.test/c"}}
	list, err := bomOf(info, parts)
	require.NoError(t, err)
	text, err := json.Marshal(list)
	require.NoError(t, err)
	require.JSONEq(t, `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
		"metadata":{"component":{"type":"application","bom-ref":"pkg:golang/github.com/treatyhq/treaty/cmd@v1.2.3","name":"treaty","version":"v1.2.3","purl":"pkg:golang/github.com/treatyhq/treaty/cmd@v1.2.3","licenses":[{"license":{"id":"Apache-2.0"}}]}},
		"components":[
			{"type":"library","bom-ref":"pkg:golang/std@1.26.8","name":"std","version":"1.26.8","purl":"pkg:golang/std@1.26.8","licenses":[{"license":{"id":"BSD-3-Clause"}}]},
			{"type":"library","bom-ref":"pkg:golang/github.com/treatyhq/treaty@v1.2.3","name":"github.com/treatyhq/treaty","version":"v1.2.3","purl":"pkg:golang/github.com/treatyhq/treaty@v1.2.3","licenses":[{"license":{"id":"Apache-2.0"}}]},
			{"type":"library","bom-ref":"pkg:golang/example.test/a@v0.1.0%2Bincompatible","name":"example.test/a","version":"v0.1.0+incompatible","purl":"pkg:golang/example.test/a@v0.1.0%2Bincompatible",
				"hashes":[{"alg":"SHA-256","content":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}],"licenses":[{"license":{"id":"MIT"}}]},
			{"type":"library","bom-ref":"pkg:golang/example.test/c@v0.2.0","name":"example.test/c","version":"v0.2.0","purl":"pkg:golang/example.test/c@v0.2.0"}
		]}`, string(text))

	info.Deps = append(info.Deps, &debug.Module{Path: "example.test/unknown", Version: "v1.0.0"})
	_, err = bomOf(info, parts)
	require.ErrorContains(t, err, "example.test/unknown is in the binary and not in NOTICE")
}

func TestLicencesAreToldApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Apache License\n   Version 2.0, January 2004":                                                                  "Apache-2.0",
		"Mozilla Public License Version 2.0":                                                                            "MPL-2.0",
		"Redistribution and use in source and binary\nforms … Neither the name of":                                      "BSD-3-Clause",
		"Redistribution and use in source and binary forms, with or without":                                            "BSD-2-Clause",
		"Permission to use, copy, modify, and distribute this software for any purpose with or without fee":             "ISC",
		"Permission is hereby granted, free of charge, to any person obtaining … in all copies of the Software or part": "MIT",
		"This product includes software developed at":                                                                   "",
	} {
		require.Equal(t, want, nameOf(text), strings.TrimSpace(text))
	}
}
