// Package pactfile writes what a consumer's tests expect into pact files.
//
// Rules:
//
//  1. A file is written whole to a temporary file and renamed, under a lock
//     on its folder, so that parallel tests and parallel packages can write
//     one pact and a reader never sees half of it.
//  2. Its interactions are sorted by description, provider states and kind:
//     the same tests give the same bytes, in whatever order they ran.
//  3. Each interaction belongs to the package whose tests wrote it. When all
//     tests of a package run, its interactions from earlier runs go as the
//     first new one comes, so that a deleted test leaves nothing behind. When
//     only a part runs (-run, -skip, -short, -fuzz, -bench with -run), the rest stays.
//     Interactions of other packages and of other tools always stay.
//  4. An interaction replaces an earlier one with the same description,
//     provider states and kind, or with the same key. Within one run the two
//     must be equal: two tests that describe the same thing differently are an
//     error, and so is a test that is different each time it runs.
//  5. A file has the newest specification version of its writers.
package pactfile
