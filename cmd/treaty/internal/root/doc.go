// Package command is the command line. Each command has a file of its own
// with the same three parts:
//
//	type versionOptions struct{ output string }                 // what the flags say
//	func newVersion(e Env) *cobra.Command                       // name, help, and the call of bind
//	func (o *versionOptions) bind(f *pflag.FlagSet)             // flags
//	func (o *versionOptions) run(ctx context.Context, e Env) error
//
// A command reads and writes through its [Env] only and keeps nothing global,
// so tests run it in parallel. It is registered by one line in root.go. Work
// is in the library packages; run is short.
//
// A run that returns nil exits 0. Any error is printed to standard error by
// [Run], with the next step if the error was made with [next], and exits 1,
// as the Pact clients do; an answer that is "no" and has been printed already
// is [errSilent]; another status is chosen with [exitStatus].
package root
