//go:build pages && screenshots

package pages_test

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const (
	// pictureColours is how many colours a picture has: pages have few, and letters get
	// along with some shades.
	pictureColours = 32
	// pictureBytes is the most that a picture of the documentation takes.
	pictureBytes = 60 << 10
)

// TestPictures makes the pictures of the documentation, in the folder that
// TREATY_PICTURES names: make pictures does.
func TestPictures(t *testing.T) {
	folder := os.Getenv("TREATY_PICTURES")
	require.NotEmpty(t, folder, "TREATY_PICTURES names the folder for the pictures: make pictures does")
	take := func(p *tab, name, path string, height int64) {
		p.do(chromedp.EmulateViewport(1280, height))
		p.visitWithScript(path)
		var picture []byte
		p.do(chromedp.CaptureScreenshot(&picture))
		small := fewColours(t, picture)
		require.LessOrEqual(t, len(small), pictureBytes, "%s is too large for the documentation", name)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".png"), small, 0o644)) //nolint:gosec // it is published
	}
	light := screen{width: 1280}

	shop := crowded(t)
	p := open(t, shop.base, light)
	take(p, "home", shop.pages["home"], 900)
	take(p, "gate", shop.pages["gate of a provider"], 860)
	take(p, "map", "/ui/map?application=Payments+API", 900)
	take(p, "matrix", shop.pages["matrix of a pair"], 900)
	p.quiet()

	begin := empty(t)
	p = open(t, begin.base, light)
	take(p, "first-run", "/", 1000)
	response, err := http.PostForm(begin.base+"/ui/sample", nil)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	take(p, "first-run-nearly-done", "/", 900)
	p.quiet()

	p = open(t, playDemo(t), light)
	take(p, "demo", "/", 800)
	p.quiet()
}

// playDemo plays treaty demo, and returns the address of the broker that it leaves
// running at its end.
func playDemo(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "treaty")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/treaty")
	build.Dir = root
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	demo := exec.CommandContext(ctx, program, "demo", "--port", "0")
	demo.Dir, demo.Cancel = root, func() error { return demo.Process.Signal(syscall.SIGINT) }
	out, err := demo.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, demo.Start())
	t.Cleanup(func() {
		cancel()
		_ = demo.Wait() // it was interrupted
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "See it on the dashboard: "); found {
			return strings.TrimSpace(address)
		}
	}
	require.FailNow(t, "the demo did not come to its end")
	return ""
}

// fewColours writes a picture with the colours that most of it has.
func fewColours(t *testing.T, picture []byte) []byte {
	t.Helper()
	whole, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	type shade struct{ n, r, g, b int }
	shades := map[[3]uint8]*shade{} // by what is nearly the same
	near := func(c color.RGBA) [3]uint8 { return [3]uint8{c.R >> 3, c.G >> 3, c.B >> 3} }
	bounds := whole.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(whole.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			s := shades[near(c)]
			if s == nil {
				s = &shade{}
				shades[near(c)] = s
			}
			s.n, s.r, s.g, s.b = s.n+1, s.r+int(c.R), s.g+int(c.G), s.b+int(c.B)
		}
	}
	all := make([]*shade, 0, len(shades))
	for _, s := range shades {
		all = append(all, s)
	}
	// What signals is as strong as it is rare: a verdict has few pixels.
	weight := func(s *shade) int {
		r, g, b := s.r/s.n, s.g/s.n, s.b/s.n
		strong := max(r, g, b) - min(r, g, b)
		return s.n * (20 + strong*strong/20)
	}
	slices.SortFunc(all, func(a, b *shade) int { return weight(b) - weight(a) })
	var palette color.Palette
	for _, s := range all[:min(len(all), pictureColours)] {
		palette = append(palette, color.RGBA{uint8(s.r / s.n), uint8(s.g / s.n), uint8(s.b / s.n), 255})
	}
	small, known := image.NewPaletted(bounds, palette), map[[3]uint8]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			index, has := known[near(c)]
			if !has {
				index = uint8(palette.Index(c))
				known[near(c)] = index
			}
			small.SetColorIndex(x, y, index)
		}
	}
	var out bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small))
	return out.Bytes()
}
