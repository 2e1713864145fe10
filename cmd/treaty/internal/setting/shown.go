package setting

import (
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/internal/redact"
)

// shown are all settings in effect with where each comes from. A secret is stars,
// also one that stands in an address.
func (o *Flags) shown(e command.Env, config *Config) []broker.ShownSetting {
	var out []broker.ShownSetting
	for _, s := range settings() {
		value, from := s.value(config), "default"
		if name, _, found := s.lookup(e, value); found {
			from = name
		}
		name := s.env()
		if s.flag != "" {
			name = "--" + s.flag
		}
		if flag := o.given[s.flag]; flag != nil && flag.Changed {
			from = "--" + s.flag
		}
		if s.variable == "DATABASE_URL" && from == "default" && config.Database != inFolder(e, defaultConfig().Database) {
			from = "variables of its parts, such as " + variablePrefix + "DATABASE_HOST"
		}
		out = append(out, broker.ShownSetting{Section: s.section, Name: name, Value: shownValue(s, value), From: from})
	}
	return out
}

func shownValue(s setting, value settingValue) string {
	text := value.String()
	if _, secret := value.(secretValue); secret || redact.Name(s.variable) && text != "" && value.Type() == "text" {
		if text == "" {
			return ""
		}
		return redact.Stars
	}
	if s.variable == "DATABASE_URL" {
		return redact.URL(text)
	}
	return redact.Text(text)
}
