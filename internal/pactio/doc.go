// Package pactio changes pact files on disk, and reads them, so that nothing
// of them is lost by a process that dies in between.
//
// Rules:
//
//  1. Whoever changes a file holds the lock on its folder.
//  2. [Replace] writes a whole file beside the old one and renames it: a reader
//     meets the old file or the new one.
//  3. A [Patcher] writes a few places of a file, so that the cost does not grow
//     with the file. What it is about to write stands in a journal beside the
//     file before it begins. The journal of a process that died in between is
//     carried out by the next one that changes the file and is read through by
//     [ReadFile]; half a journal means that the file was not touched.
//  4. A journal is for one state of one file. It is thrown away where the file
//     has become another one.
package pactio
