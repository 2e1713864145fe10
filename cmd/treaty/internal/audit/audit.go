// Package audit has the commands about the record of who did what. They read the
// database of a broker, beside it.
package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/cmd/treaty/internal/setting"
)

// New makes the command audit with those below it.
func New(e command.Env) *cobra.Command {
	return command.Group("audit", "Read and verify the record of who did what, in the database of a broker",
		command.New(e, "verify", "Tell whether the record is whole; no (1) if it is not", "treaty audit verify --database sqlite:treaty.db", &verifyOptions{}),
		command.New(e, "list", "List events, the oldest first", "treaty audit list --since 2027-01-31T00:00:00Z", &listOptions{}),
		command.New(e, "export", "Write events as lines of JSON, the oldest first", "treaty audit export > audit.jsonl", &listOptions{lines: true}))
}

type verifyOptions struct{ database, expect, output string }

func (o *verifyOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	f.StringVar(&o.expect, "expect", "", "end of the chain that an earlier verify told, as SEQ:HASH: no (1) if the record was made anew since")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

// tooLong is how long an event may be without a place before nobody seems to seal.
const tooLong = time.Minute

func (o *verifyOptions) Run(ctx context.Context, e command.Env) error {
	seq, hash, err := o.expected()
	if err != nil {
		return err
	}
	found, err := broker.VerifyAudit(ctx, setting.Database(e, o.database), seq, hash)
	if err != nil {
		return explain(fmt.Errorf("verify the record: %w", err))
	}
	if o.output == output.JSON {
		err = output.WriteJSON(e.Stdout, found)
	} else {
		_, err = fmt.Fprint(e.Stdout, text(found))
	}
	stuck := found.OldestUnsealed != nil && time.Since(*found.OldestUnsealed) > tooLong
	switch {
	case err != nil:
		return err
	case found.Break != "":
		return command.Next(errors.New("the record is broken"), "look who may write to the database, and compare with an export or a backup")
	case stuck:
		return command.Next(errors.New("events wait for their places"), "start a broker with --audit or --identity on this database")
	}
	return nil
}

func (o *verifyOptions) expected() (seq int64, hash string, err error) {
	if o.expect == "" {
		return 0, "", nil
	}
	place, hash, _ := strings.Cut(o.expect, ":")
	if seq, err = strconv.ParseInt(place, 10, 64); err != nil || hash == "" {
		return 0, "", command.Next(fmt.Errorf("--expect %s is no end of a chain", output.Shorten(o.expect)), "write it as verify told it, such as 42:9f86d0…")
	}
	return seq, hash, nil
}

func text(found broker.AuditVerdict) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Events that hang together: %d\nEnd of the chain: %d:%s\n", found.Events, found.Seq, found.Hash)
	if found.OldestUnsealed != nil {
		fmt.Fprintf(&out, "Not sealed yet: %d, the oldest of %s\n", found.Unsealed, found.OldestUnsealed.UTC().Format(time.RFC3339))
	}
	if found.Break != "" {
		fmt.Fprintf(&out, "Broken: %s\n", found.Break)
	}
	return out.String()
}

type listOptions struct {
	lines                   bool
	database, since, output string
}

func (o *listOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	f.StringVar(&o.since, "since", "", "leave out what is older, such as 2027-01-31T12:00:00Z")
	if !o.lines {
		output.Bind(f, &o.output, output.Text, output.JSON)
	}
}

func (o *listOptions) Run(ctx context.Context, e command.Env) error {
	var since time.Time
	if o.since != "" {
		var err error
		if since, err = time.Parse(time.RFC3339, o.since); err != nil {
			return command.Next(fmt.Errorf("--since %s is no time", output.Shorten(o.since)), "write it as 2027-01-31T12:00:00Z")
		}
	}
	out := bufio.NewWriter(e.Stdout)
	write := json.NewEncoder(out).Encode
	err := broker.ListAudit(ctx, setting.Database(e, o.database), since, func(event broker.AuditEvent) error {
		if o.lines || o.output == output.JSON {
			return write(event)
		}
		who := event.UserName
		if who == "" {
			who = event.UserType
		}
		_, err := fmt.Fprintf(out, "%s  %s  %s  %s  %s\n", event.Time.UTC().Format(time.RFC3339), event.Outcome, event.Type, who, event.Resource)
		return err
	})
	if err != nil {
		return explain(fmt.Errorf("read the record: %w", err))
	}
	return out.Flush()
}

// explain says what to do about the usual reasons.
func explain(err error) error {
	if errors.Is(err, broker.ErrNoDatabase) {
		return command.Next(err, "name the database that the broker uses with --database")
	}
	return err
}
