#!/bin/sh
# Fails if a function of the broker or the command is reached by no program. What
# exists for tests alone lies in packages of its own, which are left out.
set -eu
cd "$(dirname "$0")/.."
for_tests='^(broker|cmd)/(.*/)?(brokertest|issuertest|usecasetest|commandtest|scenario|story|scale|storetest)/'
found=$(bin/deadcode ./cmd/... ./broker/... | grep -E '^(broker|cmd)/' | grep -vE "$for_tests" || true)
[ -z "$found" ] && exit 0
printf '%s\n' "$found" >&2
echo "These functions are reached by no program: remove them, or move what serves tests to a _test.go file." >&2
exit 1
