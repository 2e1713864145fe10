#!/bin/sh
# Replays the recorded answers of a Pact Broker against bin/treaty and writes
# the result to docs/conformance.md. With TREATY_GOLDEN_DATABASE=postgres each
# scenario gets a database of its own on the server at TREATY_TEST_POSTGRES_URL.
# Arguments are handed to the replay tool, for example --area webhooks.
set -eu
cd "$(dirname "$0")/.."
if [ -z "${TREATY_GOLDEN_DIR:-}" ] || [ ! -f "$TREATY_GOLDEN_DIR/replay.py" ]; then
	echo "golden-check: set TREATY_GOLDEN_DIR to the folder with replay.py and answers/" >&2
	exit 2
fi
mkdir -p bin
report=bin/golden.json
log=bin/golden.log
status=0
python3 "$TREATY_GOLDEN_DIR/replay.py" check \
	--start "sh $PWD/conformance/start-broker.sh {port} {dir}" \
	--deviations docs/deviations.json --jobs 3 --json "$report" \
	"$@" "$TREATY_GOLDEN_DIR/answers" >"$log" 2>&1 || status=$?
if [ "$status" -gt 1 ]; then
	cat "$log"
	exit "$status"
fi
if [ $# -gt 0 ]; then
	cat "$log"
	exit "$status"
fi
grep '^FAIL' "$log" || true
sed -n '/^area /,$p' "$log" | grep -v '^differs on purpose\|passed, ' || true
echo "recorded answers, steps: $(tail -1 "$log")"
go run ./conformance/golden ${TREATY_GOLDEN_UPDATE:+-update} "$report"
go run ./conformance/summary
