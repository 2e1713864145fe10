// Package pattern compiles the regular expressions of pact files.
//
// A pact file does not say whose expressions it holds. They were written for
// Java, for Ruby (whose dialect the reference implementation speaks too), for
// JavaScript, Rust or Go, and go to a provider of another language. One and
// the same text must not mean something else there, so an expression is not
// handed to an engine as it is. It is read construct by construct, and written
// anew in the few constructs whose meaning Go's engine and the backtracking
// one share: characters, explicit classes, groups, quantifiers.
//
// There are two outcomes only. What is understood is matched with the meaning
// that its writer's dialect gives to it; what is not is an [*Error] that names
// the construct. Where dialects differ (\h is a hexadecimal digit in Ruby and
// a space in Java), each reading is compiled: a text on which all agree has an
// answer, any other is an error that says so.
//
// The characters of \d, \w, \s and \b are ASCII in all dialects here, "." is
// all but the line feed, and case is folded by Unicode.
package pattern
