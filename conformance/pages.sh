#!/bin/sh
# Installs axe-core from npm, once, and opens every page of the dashboard in
# Chromium. TREATY_PAGES_DIR names the folder that axe-core is kept in. With a
# folder as its argument it makes pictures of them there instead, and with
# "pictures" before the folder those of the documentation.
set -eu
cd "$(dirname "$0")/.."
folder=${TREATY_PAGES_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/treaty/pages}
if ! cmp -s conformance/pages/package.json "$folder/package.json"; then
	mkdir -p "$folder"
	cp conformance/pages/package.json "$folder/package.json"
	(cd "$folder" && npm install --no-audit --no-fund --loglevel=error)
fi
TREATY_AXE=$folder/node_modules/axe-core/axe.min.js
export TREATY_AXE
if [ "${1:-}" = pictures ]; then
	TREATY_PICTURES=$(cd "$2" && pwd)
	export TREATY_PICTURES
	exec go run ./conformance/listed -require 1 ./conformance/pages -- -tags pages,screenshots -run TestPictures
fi
if [ $# -gt 0 ]; then
	mkdir -p "$1"
	TREATY_SCREENSHOTS=$(cd "$1" && pwd)
	export TREATY_SCREENSHOTS
	exec go run ./conformance/listed -require 1 ./conformance/pages -- -tags pages,screenshots -run TestScreenshots
fi
# Two replicas need a PostgreSQL, which CI has.
go run ./conformance/listed $([ -n "${CI:-}" ] || echo -allow-skips) -require 10 ./conformance/pages -- -tags pages -timeout 25m
