package records

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

type generateUUIDOptions struct{}

// NewGenerateUUID makes the command generate-uuid.
func NewGenerateUUID(e command.Env) *cobra.Command {
	return command.New(e, "generate-uuid", "Print a new UUID, for create-or-update-webhook", "", &generateUUIDOptions{})
}

func (o *generateUUIDOptions) Bind(*pflag.FlagSet) {}

func (o *generateUUIDOptions) Run(_ context.Context, e command.Env) error {
	_, err := fmt.Fprintln(e.Stdout, uuid.NewString())
	return err
}
