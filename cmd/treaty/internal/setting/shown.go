package setting

import (
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/internal/redact"
)

// Shown are all settings of what Read has returned, with where each comes from. A
// secret is stars, also one that stands in an address.
func (o *Flags) Shown(e command.Env, read Config) []broker.ShownSetting {
	e, err := o.withoutIgnored(e)
	if err != nil { // then Read has said so
		return nil
	}
	var out []broker.ShownSetting
	config := &read
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
