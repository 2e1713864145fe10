package main

import (
	"context"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// The types below are the part of CycloneDX 1.6 that says what is in a binary. Nothing
// in it depends on when or where it was made.

type bom struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   bomMetadata `json:"metadata"`
	Components []component `json:"components"`
}

type bomMetadata struct {
	Component component `json:"component"`
}

type component struct {
	Type     string       `json:"type"`
	Ref      string       `json:"bom-ref"`
	Name     string       `json:"name"`
	Version  string       `json:"version"`
	URL      string       `json:"purl"`
	Hashes   []bomHash    `json:"hashes,omitempty"`
	Licenses []bomLicence `json:"licenses,omitempty"`
}

type bomHash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type bomLicence struct {
	License bomLicenceName `json:"license"`
}

type bomLicenceName struct {
	ID string `json:"id"`
}

// writeSBOM writes the list of what is in a binary, as the binary itself says, with
// the licences of the modules.
func (r *repository) writeSBOM(ctx context.Context, binary string, out io.Writer) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("read what %s is made of: %w", binary, err)
	}
	parts, err := r.partsOf(ctx)
	if err != nil {
		return err
	}
	list, err := bomOf(info, parts)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(list)
}

// bomOf fails for a module that the notice does not know: then its licence is not
// passed on.
func bomOf(info *debug.BuildInfo, parts []part) (bom, error) {
	licences := map[string][]string{}
	for _, p := range parts {
		licences[p.path] = p.names()
	}
	main := componentOf(info.Main.Path, info.Main.Version, "application", []string{"Apache-2.0"})
	main.Name = "treaty"
	out := bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: bomMetadata{main}}
	out.Components = append(out.Components, componentOf("std", strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go"), "library", []string{"BSD-3-Clause"}))
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		names, has := licences[m.Path]
		switch {
		case isOurs(m.Path):
			names = []string{"Apache-2.0"}
		case !has:
			return bom{}, fmt.Errorf("%s is in the binary and not in %s: run make notice", m.Path, noticeFile)
		}
		c := componentOf(m.Path, m.Version, "library", names)
		if sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:")); err == nil && len(sum) > 0 {
			c.Hashes = []bomHash{{"SHA-256", hex.EncodeToString(sum)}}
		}
		out.Components = append(out.Components, c)
	}
	return out, nil
}

func componentOf(path, version, kind string, licences []string) component {
	url := "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")
	c := component{Type: kind, Ref: url, Name: path, Version: version, URL: url}
	for _, name := range licences {
		c.Licenses = append(c.Licenses, bomLicence{bomLicenceName{name}})
	}
	return c
}
