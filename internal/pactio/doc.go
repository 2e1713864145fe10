// Package pactio changes pact files on disk, and reads them, so that nothing
// of them is lost by a process that dies in between.
//
// Rules:
//
//  1. Whoever changes a file holds the lock on its folder.
//  2. [Replace] writes a whole file beside the old one and renames it: a reader
//     meets the old file or the new one.
//  3. [Patch] writes a few places of a file, so that the cost does not grow
//     with the file. What it is about to write goes into a journal first and
//     the journal goes when all is written. The journal of a process that died
//     is carried out by the next one that changes the file ([Recover]) and is
//     read through by [ReadFile]; half a journal means that the file was not
//     touched.
//  4. A journal is for one state of one file. It is thrown away where the file
//     has become another one.
package pactio
