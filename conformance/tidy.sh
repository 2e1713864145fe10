#!/bin/sh
# Runs `go mod tidy` in each module of the repository. The modules require each
# other in the version that the next release carries, which nobody can fetch
# before it is out, and what is released must hold no replace directive. So each
# is tidied by a copy of its go.mod that points to the folders beside it, and
# the result is taken back without them. With -check nothing is written: it
# fails if something would change.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
go=${GO:-go}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOWORK=off GOFLAGS=
status=0
for module in . broker cmd conformance; do
	cp "$module/go.mod" "$work/go.mod"
	cp "$module/go.sum" "$work/go.sum" 2>/dev/null || : >"$work/go.sum"
	for sibling in . broker cmd; do
		path=github.com/treatyhq/treaty/$sibling
		$go mod edit -replace "${path%/.}=$root/$sibling" "$work/go.mod"
	done
	(cd "$module" && $go mod tidy -modfile="$work/go.mod")
	for sibling in . broker cmd; do
		path=github.com/treatyhq/treaty/$sibling
		$go mod edit -dropreplace "${path%/.}" "$work/go.mod"
	done
	$go mod edit -fmt "$work/go.mod"
	for file in go.mod go.sum; do
		cmp -s "$work/$file" "$module/$file" && continue
		if [ "${1:-}" = -check ]; then
			echo "$module/$file is not tidy: run make tidy" >&2
			diff "$module/$file" "$work/$file" >&2 || true
			status=1
		else
			cp "$work/$file" "$module/$file"
		fi
	done
done
exit $status
