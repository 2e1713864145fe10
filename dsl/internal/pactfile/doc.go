// Package pactfile writes what a consumer's tests expect into pact files.
//
// Rules:
//
//  1. A file is changed under a lock on its folder, so that parallel tests and
//     parallel packages can write one pact. It is a whole pact after each
//     change. A small one is written to a temporary file and renamed. A large
//     one is appended to, so that an interaction costs the same however many
//     there are; it is written whole again when as much was appended as it was
//     long, and when a test ends, as long as that stays in step with what came.
//  2. A file that is written whole has its interactions sorted by description,
//     provider states and kind: the same tests give the same bytes, in whatever
//     order they ran. That is every file up to 64 KB after each change. A larger
//     one is written whole when a test that is not part of another one ends, for
//     the first sixteen of them, and when any test ends after an eighth of the
//     file came. Otherwise what came last rests behind the sorted interactions in
//     the order in which it ran: less than an eighth of the file, as after a
//     suite whose tests are all parts of one (t.Run), or up to as much as there
//     was where nobody says when tests end (a nil t). The file says the same then
//     and is not the same bytes.
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
