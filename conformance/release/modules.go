package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// library is the path of the module in the root; the others lie below it.
const library = "github.com/treatyhq/treaty"

// unreleased is the folder of the module that is for the repository alone.
const unreleased = "conformance"

// repository is the modules that go.work joins.
type repository struct {
	root    string
	work    *modfile.WorkFile
	modules []module // those that others require first, as go.work lists them
}

type module struct {
	folder string // in the repository, with slashes; "." is the root
	file   *modfile.File
}

func (m module) path() string { return m.file.Module.Mod.Path }

// tagFor is the tag that Go looks for when somebody asks for version.
func (m module) tagFor(version string) string { return path.Join(m.folder, version) }

func open(root string) (*repository, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "go.work"))
	if err != nil {
		return nil, fmt.Errorf("this has to run in the root of the repository: %w", err)
	}
	r := &repository{root: root}
	if r.work, err = modfile.ParseWork("go.work", text, nil); err != nil {
		return nil, err
	}
	for _, use := range r.work.Use {
		name := path.Join(use.Path, "go.mod")
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		file, err := modfile.Parse(name, text, nil)
		if err != nil {
			return nil, err
		}
		r.modules = append(r.modules, module{path.Clean(use.Path), file})
	}
	return r, nil
}

// released are the modules that get a tag.
func (r *repository) released() []module {
	return slices.DeleteFunc(slices.Clone(r.modules), func(m module) bool { return m.folder == unreleased })
}

func isOurs(modulePath string) bool {
	return modulePath == library || strings.HasPrefix(modulePath, library+"/")
}

// version is the one that the modules require each other in.
func (r *repository) version() (string, error) {
	for _, m := range r.modules {
		for _, required := range m.file.Require {
			if isOurs(required.Mod.Path) {
				return required.Mod.Version, nil
			}
		}
	}
	return "", errors.New("no module requires another one")
}

// problems lists what keeps the modules from being released as version.
func (r *repository) problems(version string) []string {
	if semver.Canonical(version) != version || version == "" {
		return []string{fmt.Sprintf("%q is not a version like v1.2.3", version)}
	}
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	here := map[string]string{} // path -> folder
	for _, m := range r.modules {
		if want := path.Join(library, m.folder); m.path() != want {
			say("%s names the module %s and lies where %s has to be", m.file.Syntax.Name, m.path(), want)
		}
		here[m.path()] = m.folder
	}
	needed := map[string]bool{}
	for _, m := range r.modules {
		name := m.file.Syntax.Name
		if m.file.Go == nil || m.file.Go.Version != r.work.Go.Version {
			say("%s has another go line than go.work, which says %s", name, r.work.Go.Version)
		}
		for _, replaced := range m.file.Replace {
			say("%s replaces %s: what is released cannot replace anything", name, replaced.Old.Path)
		}
		for _, left := range m.file.Exclude {
			say("%s excludes %s: who requires the module would get it all the same", name, left.Mod.Path)
		}
		for _, required := range m.file.Require {
			if !isOurs(required.Mod.Path) {
				continue
			}
			needed[required.Mod.Path] = true
			if required.Mod.Version != version {
				say("%s requires %s %s instead of %s: run make version VERSION=%s", name, required.Mod.Path, required.Mod.Version, version, version)
			}
			if here[required.Mod.Path] == unreleased {
				say("%s requires %s, which is not released", name, required.Mod.Path)
			}
		}
	}
	return append(found, r.workProblems(version, needed, here)...)
}

// workProblems are those of go.work: it has to say where the version of each
// module is that another one requires, until that version is out.
func (r *repository) workProblems(version string, needed map[string]bool, here map[string]string) []string {
	var found []string
	for _, replaced := range r.work.Replace {
		if isOurs(replaced.Old.Path) && needed[replaced.Old.Path] && replaced.Old.Version == version && path.Clean(replaced.New.Path) == here[replaced.Old.Path] {
			delete(needed, replaced.Old.Path)
			continue
		}
		found = append(found, fmt.Sprintf("go.work replaces %s %s, which no module requires", replaced.Old.Path, replaced.Old.Version))
	}
	for _, m := range r.modules {
		if needed[m.path()] {
			found = append(found, fmt.Sprintf("go.work does not say where %s %s is: run make version VERSION=%s", m.path(), version, version))
		}
	}
	return found
}

// setVersion makes every module require the others in version, and tells
// go.work that it is here.
func (r *repository) setVersion(version string) error {
	if semver.Canonical(version) != version || version == "" {
		return fmt.Errorf("%q is not a version like v1.2.3", version)
	}
	needed := map[string]bool{}
	for _, m := range r.modules {
		for _, required := range m.file.Require {
			if !isOurs(required.Mod.Path) {
				continue
			}
			needed[required.Mod.Path] = true
			if err := m.file.AddRequire(required.Mod.Path, version); err != nil {
				return err
			}
		}
		text, err := m.file.Format()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.root, m.file.Syntax.Name), text, 0o644); err != nil {
			return err
		}
	}
	for _, m := range r.modules {
		if !needed[m.path()] {
			continue
		}
		where := "./" + m.folder
		if m.folder == "." {
			where = "."
		}
		if err := r.replace(m.path(), version, where); err != nil {
			return err
		}
	}
	r.work.Cleanup()
	return os.WriteFile(filepath.Join(r.root, "go.work"), modfile.Format(r.work.Syntax), 0o644)
}

// replace changes the line of go.work that names modulePath, or adds it.
func (r *repository) replace(modulePath, version, where string) error {
	for _, replaced := range r.work.Replace {
		if replaced.Old.Path == modulePath && replaced.Old.Version != version {
			// AddReplace would add a line for another version below the old one.
			replaced.Old.Version = version
			for i, token := range replaced.Syntax.Token {
				if semver.IsValid(token) {
					replaced.Syntax.Token[i] = version
				}
			}
		}
	}
	return r.work.AddReplace(modulePath, version, where, "")
}
