package command

import (
	"runtime"
	"runtime/debug"
)

// Build says what this binary was made from.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
}

// Build returns the version given at link time or else what the Go tool
// stamped into the binary: the module version, and the commit with "-dirty" if
// the tree had changes.
func (e Env) Build() Build {
	b := readBuild()
	if e.Version != "" {
		b.Version = e.Version
	}
	return b
}

func readBuild() Build {
	b := Build{Version: "development", Revision: "unknown revision", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	dirty := ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			b.Revision = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			dirty = "-dirty"
		}
	}
	b.Revision += dirty
	return b
}
