package broker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// at reads a time of a zone.
func at(t *testing.T, zone *time.Location, text string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
	require.NoError(t, err)
	return out
}

func TestTheCleanUpRunsByTheClockOfTheProcess(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, tt := range []struct{ name, schedule, after, want string }{
		{"each night", "15 2 * * *", "2026-01-10 12:00:00", "2026-01-11 02:15:00"},
		{"not twice", "15 2 * * *", "2026-01-11 02:15:00", "2026-01-12 02:15:00"},
		{"just before", "15 2 * * *", "2026-01-11 02:14:59", "2026-01-11 02:15:00"},
		{"each minute", "* * * * *", "2026-01-11 02:14:59", "2026-01-11 02:15:00"},
		{"in steps", "*/20 8-10 * * *", "2026-01-11 10:41:00", "2026-01-12 08:00:00"},
		{"a day of the week", "0 3 * * SUN", "2026-01-12 00:00:00", "2026-01-18 03:00:00"},
		{"by a word", "@daily", "2026-01-12 10:00:00", "2026-01-13 00:00:00"},
		{"left out by summer time", "15 2 * * *", "2026-03-28 12:00:00", "2026-03-30 02:15:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			schedule, err := parseSchedule(tt.schedule, berlin)
			require.NoError(t, err)
			require.True(t, at(t, berlin, tt.want).Equal(schedule.Next(at(t, berlin, tt.after).UTC())),
				"the queue asks in UTC: %s", schedule.Next(at(t, berlin, tt.after).UTC()))
		})
	}
}

func TestASecondRunInTheHourThatSummerTimeRepeatsIsLeftOut(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	schedule, err := parseSchedule(DefaultCleanSchedule, berlin)
	require.NoError(t, err)
	first := schedule.Next(at(t, berlin, "2026-10-24 12:00:00"))
	require.Equal(t, "2026-10-25 02:15", first.Format("2006-01-02 15:04"))
	require.Equal(t, 26, schedule.Next(first).Day())
}

func TestAScheduleThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"15 2 * *", "61 2 * * *", "15 2 * * * *", "0 0 31 2 *", "TZ=0", "CRON_TZ=Europe/Berlin 0 0 * * *", "@every 1s", "@never", "a b c d e"} {
		require.Error(t, CheckSchedule(bad), bad)
	}
}

func TestACleanUpHasAScheduleOrAnInterval(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		clean Clean
		says  string
	}{
		{"neither is the default", Clean{}, ""},
		{"a schedule", Clean{Schedule: "0 1 * * *"}, ""},
		{"an interval", Clean{Every: time.Hour}, ""},
		{"both", Clean{Schedule: "0 1 * * *", Every: time.Hour}, "both set"},
		{"too often", Clean{Every: time.Second}, "a minute or more"},
		{"no schedule", Clean{Schedule: "often"}, "is not a schedule"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			options := DefaultOptions()
			options.Clean = tt.clean
			options.Clean.Enabled = true
			err := options.Validate()
			if tt.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.says)
		})
	}
}
