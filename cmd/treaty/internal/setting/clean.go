package setting

import (
	"github.com/treatyhq/treaty/broker"
)

const sectionClean = "Clean-up"

func cleanSettings() []setting {
	return []setting{
		{sectionClean, "database-clean-enabled", "DATABASE_CLEAN_ENABLED", "delete now and then what is no longer of use",
			func(o *Config) settingValue { return boolValue{to: &o.Clean.Enabled} }, ""},
		{sectionClean, "database-clean-cron-schedule", "DATABASE_CLEAN_CRON_SCHEDULE", "when, as minute, hour, day, month and day of the week, in the time zone of the process (TZ); one of all replicas cleans up, and a time at which none runs is missed",
			func(o *Config) settingValue { return cronValue{&o.Clean.Schedule} }, "`" + broker.DefaultCleanSchedule + "`"},
		{sectionClean, "database-clean-interval", "DATABASE_CLEAN_INTERVAL", "time between two clean-ups, a minute or more, instead of a schedule",
			func(o *Config) settingValue { return intervalValue{secondsValue{&o.Clean.Every}} }, ""},
		{sectionClean, "database-clean-keep-version-selectors", "DATABASE_CLEAN_KEEP_VERSION_SELECTORS",
			`versions to keep, as JSON, for example [{"branch":true,"latest":true},{"max_age":90}]; what is deployed or released stays in any case`,
			func(o *Config) settingValue { return keepValue{&o.Clean.Keep, new(string)} },
			"the latest of each tag, branch and application, and 90 days"},
		{sectionClean, "database-clean-stale-branch-age", "DATABASE_CLEAN_STALE_BRANCH_AGE", "days after which a branch without new versions is deleted, its versions not; 0 keeps branches",
			func(o *Config) settingValue { return daysValue{&o.Clean.BranchAge} }, ""},
		{sectionClean, "database-clean-overwritten-data-max-age", "DATABASE_CLEAN_OVERWRITTEN_DATA_MAX_AGE", "days after which replaced pacts, results and webhook runs are deleted; 0 keeps them",
			func(o *Config) settingValue { return daysValue{&o.Clean.OverwrittenAge} }, ""},
		{sectionClean, "database-clean-deletion-limit", "DATABASE_CLEAN_DELETION_LIMIT", "most versions, branches and other rows that one clean-up deletes",
			func(o *Config) settingValue { return numberValue{&o.Clean.Limit} }, ""},
		{sectionClean, "database-clean-dry-run", "DATABASE_CLEAN_DRY_RUN", "delete nothing, and log what would be",
			func(o *Config) settingValue { return boolValue{to: &o.Clean.Preview} }, ""},
	}
}
