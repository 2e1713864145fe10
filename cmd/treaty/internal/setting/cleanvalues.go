package setting

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// cronValue is a schedule in five fields.
type cronValue struct{ to *string }

func (v cronValue) Set(s string) error {
	if err := broker.CheckSchedule(s); err != nil {
		return err
	}
	*v.to = strings.TrimSpace(s)
	return nil
}

func (v cronValue) String() string { return *v.to }

func (v cronValue) Type() string { return "cron" }

// intervalValue is a time that cannot be nothing; unset shows none.
type intervalValue struct{ secondsValue }

func (v intervalValue) Set(s string) error {
	if err := v.secondsValue.Set(s); err != nil {
		return err
	}
	if *v.to < time.Minute {
		return fmt.Errorf("%q is less than a minute", output.Shorten(s))
	}
	return nil
}

func (v intervalValue) String() string {
	if *v.to == 0 {
		return ""
	}
	return v.secondsValue.String()
}

// keepValue is the JSON of keep selectors.
type keepValue struct {
	to   *broker.Keep
	text *string
}

func (v keepValue) Set(s string) error {
	*v.text = s
	return v.to.Parse(s)
}

func (v keepValue) String() string { return *v.text }

func (v keepValue) Type() string { return "json" }

// daysValue is a number of days.
type daysValue struct{ to *time.Duration }

const day = 24 * time.Hour

// mostDays is about 270 years. More is as good as for ever, and would not fit
// into a duration: it would come out as a short one, and much be deleted.
const mostDays = 100_000

func (v daysValue) Set(s string) error {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return fmt.Errorf("%q is not a number of days", output.Shorten(s))
	}
	*v.to = time.Duration(min(n, mostDays)) * day
	return nil
}

func (v daysValue) String() string { return strconv.Itoa(int(*v.to / day)) }

func (v daysValue) Type() string { return "days" }
