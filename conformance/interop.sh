#!/bin/sh
# Installs the official tools from npm, once, and drives Treaty with them.
# TREATY_PEERS_DIR names the folder they are kept in.
set -eu
cd "$(dirname "$0")/.."
TREATY_PEERS_DIR=${TREATY_PEERS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/treaty/peers}
TREATY_BIN=${TREATY_BIN:-$PWD/bin/treaty}
export TREATY_PEERS_DIR TREATY_BIN
if ! cmp -s conformance/interop/package.json "$TREATY_PEERS_DIR/package.json"; then
	mkdir -p "$TREATY_PEERS_DIR"
	cp conformance/interop/package.json "$TREATY_PEERS_DIR/package.json"
	(cd "$TREATY_PEERS_DIR" && npm install --no-audit --no-fund --loglevel=error)
fi
go run ./conformance/listed -section interop -require 20 ./conformance/interop/...
TREATY_PACT_CLI=$(find "$TREATY_PEERS_DIR" -path '*/standalone/pact' -type f | head -1)
export TREATY_PACT_CLI TREATY_CONFORMANCE_PAGE="$PWD/docs/conformance.md"
go run ./conformance/listed -require 900 ./conformance/differential/...
go run ./conformance/summary
