package broker

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// DefaultCleanSchedule is the Pact Broker's, in the five fields of cron: each night
// at a quarter past two.
const DefaultCleanSchedule = "15 2 * * *"

// CheckSchedule returns what is wrong with a schedule in the five fields of cron
// (minute, hour, day of the month, month, day of the week) or one of its names, such
// as @daily; nil if it can be used. One that never comes cannot.
func CheckSchedule(text string) error {
	_, err := parseSchedule(text, time.Local)
	return err
}

// cronSchedule runs in a time zone of its own, whatever zone the time it is
// asked with has.
type cronSchedule struct {
	cron.Schedule
	zone *time.Location
}

// Next returns the first time of the schedule after the one given. A time that
// the change to summer time leaves out is left out, and one that the change
// back repeats counts once.
func (c cronSchedule) Next(after time.Time) time.Time {
	const minute = "2006-01-02 15:04"
	after = after.In(c.zone)
	next := c.Schedule.Next(after)
	if next.Format(minute) == after.Format(minute) {
		next = c.Schedule.Next(next)
	}
	return next
}

func parseSchedule(text string, zone *time.Location) (cronSchedule, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ=") {
		return cronSchedule{}, errors.New("a schedule names no time zone: it is in that of the process, which the variable TZ sets")
	}
	if strings.HasPrefix(text, "@every") {
		return cronSchedule{}, errors.New("@every is not a time of day: give an interval instead of a schedule")
	}
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return cronSchedule{}, fmt.Errorf("%q is not a schedule such as %q: %w", text, DefaultCleanSchedule, err)
	}
	out := cronSchedule{schedule, zone}
	if out.Next(time.Now()).IsZero() {
		return cronSchedule{}, fmt.Errorf("%q never comes", text)
	}
	return out, nil
}

// schedule is when to clean up if there is no interval.
func (o Clean) schedule() (cronSchedule, error) {
	text := o.Schedule
	if strings.TrimSpace(text) == "" {
		text = DefaultCleanSchedule
	}
	return parseSchedule(text, time.Local)
}

// wrong returns what cannot be right about o.
func (o Clean) wrong() []error {
	var found []error
	if o.Every != 0 && o.Schedule != "" {
		found = append(found, errors.New("Clean.Every and Clean.Schedule are both set: choose one"))
	}
	if o.Every != 0 && o.Every < time.Minute {
		found = append(found, errors.New("Clean.Every must be a minute or more"))
	}
	if _, err := o.schedule(); err != nil {
		found = append(found, fmt.Errorf("Clean.Schedule: %w", err))
	}
	if o.Limit < 0 {
		found = append(found, errors.New("Clean.Limit cannot be negative"))
	}
	return found
}
