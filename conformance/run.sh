#!/bin/sh
# Runs the Pact Specification's cases and the compatibility suite, prints the
# figures and writes them to docs/conformance.md. Fails when a suite is not
# there: set TREATY_CONFORMANCE_DIR to the folder that holds both.
set -eu
cd "$(dirname "$0")/.."
report=bin/conformance
rm -rf "$report"
status=0
TREATY_CONFORMANCE_REQUIRED=1 TREATY_CONFORMANCE_REPORT="$PWD/$report" \
	${GO:-go} test ./conformance/spec ./conformance/suite ./conformance/outcome -count=1 || status=$?
[ ! -f "$report/spec.json" ] || [ ! -f "$report/suite.json" ] || ${GO:-go} run ./conformance/report "$report" || status=$?
${GO:-go} run ./conformance/summary || status=$?
exit "$status"
