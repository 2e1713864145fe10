package setting

const sectionLimits = "Limits"

// limitSettings bound what one request may make the broker do at once.
func limitSettings() []setting {
	return []setting{
		{sectionLimits, "max-contracts-per-publication", "MAX_CONTRACTS_PER_PUBLICATION", "most contracts in one request to publish; 0 means no limit, here and below",
			func(o *Config) settingValue { return numberValue{&o.Domain.Limits.Contracts} }, ""},
		{sectionLimits, "max-tags-per-version", "MAX_TAGS_PER_VERSION", "most tags of a version; each is written again with each of its pacts",
			func(o *Config) settingValue { return numberValue{&o.Domain.Limits.Tags} }, ""},
		{sectionLimits, "max-branches-per-version", "MAX_BRANCHES_PER_VERSION", "most branches that a version is on",
			func(o *Config) settingValue { return numberValue{&o.Domain.Limits.Branches} }, ""},
		{sectionLimits, "max-selectors-per-question", "MAX_SELECTORS_PER_QUESTION", "most selectors in a question for pacts to verify",
			func(o *Config) settingValue { return numberValue{&o.Domain.Limits.Selectors} }, ""},
	}
}
