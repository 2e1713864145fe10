package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestAddressesThatABrowserWouldRunAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text              string
		build, repository bool
	}{
		{"", true, true},
		{"https://ci.example.org/builds/7", true, true},
		{"HTTP://ci.example.org:8080/builds/7?a=b:c", true, true},
		{"builds/7", true, true},
		{"/builds/7:8", true, true},
		{"javascript:alert(1)", false, false},
		{" JavaScript:alert(1)", false, false},
		{"java\tscript:alert(1)", false, false},
		{"data:text/html,x", false, false},
		{"vbscript:x", false, false},
		{"file:///etc/passwd", false, false},
		{"ftp://ci.example.org/x", false, true},
		{"ssh://git@git.example.org/shop", false, true},
		{"git@git.example.org:shop.git", false, true},
		{"https://ci.example.org/\nx", false, false},
	} {
		build, repository := kernel.Fields{}, kernel.Fields{}
		kernel.CheckBuildURL(build, "buildUrl", tt.text)
		kernel.CheckRepositoryURL(repository, "repositoryUrl", tt.text)
		require.Equal(t, tt.build, len(build) == 0, "a build %q: %v", tt.text, build)
		require.Equal(t, tt.repository, len(repository) == 0, "a repository %q: %v", tt.text, repository)
	}
}

func TestUsersInAddressesAreNotKept(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://me:secret@ci.example.org/b?x=1": "https://ci.example.org/b?x=1",
		"http://token@ci.example.org":            "http://ci.example.org",
		"https://ci.example.org/b":               "https://ci.example.org/b",
		"ssh://git@git.example.org/shop":         "ssh://git@git.example.org/shop",
		"git@git.example.org:shop.git":           "git@git.example.org:shop.git",
		"%zz":                                    "%zz",
		"":                                       "",
	} {
		require.Equal(t, want, kernel.WithoutUser(text))
	}
}
