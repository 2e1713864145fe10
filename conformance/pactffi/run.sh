#!/usr/bin/env bash
# Runs the same consumer tests through package dsl and through pact-go with its
# native library, and compares the pact files; then the verdicts of the library's
# verifier with ours; then runs pact-go's own examples with Treaty, moved by the
# guide's script and nothing else. It needs npm (or the library at
# TREATY_PACT_FFI_LIB) and a C compiler. With arguments it only runs the first,
# and they go to its `go test`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

lib=${TREATY_PACT_FFI_LIB:-}
if [ -z "$lib" ]; then
	# Carries version 0.5.8 of the library; pact-go 2.7.0 was made for 0.5.6.
	core=20.2.0
	npm=${XDG_CACHE_HOME:-$HOME/.cache}/treaty/pact-ffi-$core
	[ -d "$npm/node_modules" ] || npm install --silent --no-fund --no-audit --no-save --prefix "$npm" @pact-foundation/pact-core-linux-x64-glibc@$core >/dev/null
	lib=$(dirname "$(find "$npm" -name libpact_ffi.so | head -1)")
fi

# A module of its own: the rest of the repository does not carry what pact-go
# needs besides its matchers.
mkdir -p "$work/module/peer"
# The tag "ignore" keeps go mod tidy of the repository away from the peer.
for file in "$here"/*.go; do
	sed 's#^//go:build ignore && pactffi$#//go:build pactffi#' "$file" >"$work/module/$(basename "$file")"
done
sed -e 's#github.com/treatyhq/treaty/dsl/message/#github.com/pact-foundation/pact-go/v2/message/#' \
	-e 's#github.com/treatyhq/treaty/dsl"#github.com/pact-foundation/pact-go/v2/consumer"#' \
	-e 's/^package cases/package peer/' "$here/cases/cases.go" >"$work/module/peer/cases.go"
cd "$work/module"
cp "$root/conformance/go.mod" "$root/conformance/go.sum" .
treaty=github.com/treatyhq/treaty
go mod edit -module pactffi.test -require $treaty/conformance@v0.0.0 \
	-replace "$treaty=$root" -replace "$treaty/broker=$root/broker" -replace "$treaty/conformance=$root/conformance"
export GOFLAGS=-mod=mod PACT_DO_NOT_TRACK=true
CGO_ENABLED=1 CGO_LDFLAGS="-L$lib -lpact_ffi" LD_LIBRARY_PATH=$lib go test -count=1 -tags pactffi "$@" .

[ $# -eq 0 ] || exit 0

# The library's verifier against ours, over all that conformance/differential
# compares: a small program gives it the options of the command line.
gcc -O1 -x c "$here/verifier.c.txt" -o "$work/pact" -L"$lib" -lpact_ffi -Wl,-rpath,"$lib"
(cd "$root/conformance/differential" && GOFLAGS='' TREATY_CONFORMANCE_PAGE='' TREATY_PACT_CLI=$work/pact go test -count=1 .)

# An example builds "http://host:port:/path", which a go line of 1.26 refuses.
go mod edit -godebug=urlstrictcolons=0
mkdir examples
cp "$(go list -m -f '{{.Dir}}' github.com/pact-foundation/pact-go/v2)"/examples/*_test.go examples
cd examples
chmod u+w ./*
sh -e -c "$(sed -n '/^```sh$/,/^```$/{/^```/!p}' "$root/docs/guide/coming-from-pact-go.md")"
export CGO_ENABLED=0 SKIP_PUBLISH=true # verify the files that the consumer tests wrote
go test -count=1 -tags consumer .
go test -count=1 -tags provider .
