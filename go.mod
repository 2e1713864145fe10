module github.com/treatyhq/treaty

go 1.26.0

require (
	github.com/Masterminds/semver/v3 v3.5.0
	github.com/dlclark/regexp2 v1.12.0
	github.com/fsnotify/fsnotify v1.10.1
	github.com/google/uuid v1.6.0
	github.com/pact-foundation/pact-go/v2 v2.7.0
	github.com/stretchr/testify v1.12.1
	golang.org/x/sys v0.50.0
	golang.org/x/text v0.44.0
)

require go.yaml.in/yaml/v3 v3.0.6 // indirect
