// Package root is the command line: it lists the commands, runs the one that was
// typed, and prints its error. Commands live in the rooms beside it, one for each
// subject; what several rooms need has rooms of its own (command, output,
// connection, setting, ci, glob). No room imports another of its kind, but for
// demo, which waits for what serve says when it is ready.
//
// Each command has the same three parts:
//
//	type listOptions struct{ output string }                     // what the flags say
//	func NewListThings(e command.Env) *cobra.Command              // name, help, and the call of Bind
//	func (o *listOptions) Bind(f *pflag.FlagSet)                  // flags
//	func (o *listOptions) Run(ctx context.Context, e command.Env) error
//
// A command reads and writes through its [command.Env] only and keeps nothing
// global, so tests run it in parallel. It is registered by one line in root.go.
// Work is in the library packages; Run is short.
//
// A Run that returns nil exits 0. Any error is printed to standard error by
// [Run], with the next step if the error was made with [command.Next], and exits
// 1, as the Pact clients do; an answer that is "no" and has been printed already
// is [command.ErrSilent]; another status is chosen with [command.WithStatus].
package root
