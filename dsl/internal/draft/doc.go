// Package draft holds what the DSL's builders for HTTP and for messages have
// in common while an interaction is being described.
package draft
