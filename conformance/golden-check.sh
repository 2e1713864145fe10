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
# A few recorded scenarios wait for one of two deliveries only and then look at
# both, so that a busy machine can make them fail. What fails is played once more
# by itself; more than three failures are no matter of luck.
again=
if [ "$status" -eq 1 ] && [ "$(grep -c '^FAIL' "$log")" -le 3 ]; then
	for name in $(sed -n 's/^FAIL \([^ ]*\).*/\1/p' "$log"); do
		python3 "$TREATY_GOLDEN_DIR/replay.py" check \
			--start "sh $PWD/conformance/start-broker.sh {port} {dir}" \
			--deviations docs/deviations.json --json "bin/golden-$name.json" --only "$name" \
			"$TREATY_GOLDEN_DIR/answers" >"bin/golden-$name.log" 2>&1 || cat "bin/golden-$name.log"
		again="$again -again bin/golden-$name.json"
	done
fi
sed -n '/^area /,$p' "$log" | grep -v '^differs on purpose\|passed, ' || true
echo "recorded answers, steps: $(tail -1 "$log")"
# shellcheck disable=SC2086 # each name is a word of its own
go run ./conformance/golden $again ${TREATY_GOLDEN_UPDATE:+-update} "$report"
go run ./conformance/summary
