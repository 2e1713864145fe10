package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	mod "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// writeProxy lays the released modules into folder as a module proxy would
// give them. They hold what a commit of the working tree as it is would hold.
func (r *repository) writeProxy(ctx context.Context, folder, version string) error {
	list, err := r.git(ctx, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	files := slices.DeleteFunc(strings.Split(list, "\x00"), func(name string) bool {
		info, err := os.Lstat(filepath.Join(r.root, name))
		return err != nil || info.IsDir() // deleted, though not in a commit yet; the end of the list
	})
	for _, m := range r.released() {
		if err := r.writeModule(filepath.Join(folder, filepath.FromSlash(m.path()), "@v"), m, version, files); err != nil {
			return fmt.Errorf("%s: %w", m.path(), err)
		}
	}
	return nil
}

func (r *repository) writeModule(folder string, m module, version string, files []string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Now().UTC()})
	if err != nil {
		return err
	}
	file, err := os.ReadFile(filepath.Join(r.root, m.folder, "go.mod"))
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": file} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	packed, err := os.Create(filepath.Join(folder, version+".zip"))
	if err != nil {
		return err
	}
	// Create leaves out the folders of other modules by itself.
	if err := zip.Create(packed, mod.Version{Path: m.path(), Version: version}, r.filesOf(m, files)); err != nil {
		_ = packed.Close() // the first error says more
		return err
	}
	return packed.Close()
}

// filesOf are the files in the folder of m. As Go does for a module in a
// folder below the root that has no licence, it adds that of the repository.
func (r *repository) filesOf(m module, files []string) []zip.File {
	var own []zip.File
	licensed := false
	for _, name := range files {
		inside := name
		if m.folder != "." {
			var below bool
			if inside, below = strings.CutPrefix(name, m.folder+"/"); !below {
				continue
			}
		}
		licensed = licensed || inside == "LICENSE"
		own = append(own, packedFile{inside, filepath.Join(r.root, filepath.FromSlash(name))})
	}
	if !licensed {
		own = append(own, packedFile{"LICENSE", filepath.Join(r.root, "LICENSE")})
	}
	return own
}

// packedFile is a file on its way into a module's archive.
type packedFile struct{ name, from string }

func (f packedFile) Path() string                 { return path.Clean(f.name) }
func (f packedFile) Lstat() (os.FileInfo, error)  { return os.Lstat(f.from) }
func (f packedFile) Open() (io.ReadCloser, error) { return os.Open(f.from) }
