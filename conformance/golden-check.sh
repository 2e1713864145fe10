#!/bin/sh
# Replays the recorded answers of a Pact Broker against bin/treaty and writes
# the result to docs/conformance.md. With TREATY_GOLDEN_DATABASE=postgres each
# scenario gets a database of its own on the server at TREATY_TEST_POSTGRES_URL.
# With TREATY_GOLDEN_IDENTITY=1 the broker knows accounts, and each request has the
# token of an administrator (start-broker.sh); what is written is the same as without,
# so that docs/conformance.md is left alone.
# Arguments are handed to the replay tool, for example --area webhooks.
set -eu
cd "$(dirname "$0")/.."
if [ -z "${TREATY_GOLDEN_DIR:-}" ] || [ ! -f "$TREATY_GOLDEN_DIR/replay.py" ]; then
	echo "golden-check: set TREATY_GOLDEN_DIR to the folder with replay.py and answers/" >&2
	exit 2
fi
mkdir -p bin
name=golden
deviations=docs/deviations.json
page=
if [ "${TREATY_GOLDEN_IDENTITY:-}" = 1 ]; then
	name=golden-identity
	deviations=bin/deviations-identity.json
	page=-page=false
	go build -o bin/golden-bearer ./conformance/golden/bearer
	python3 - docs/deviations.json docs/deviations-identity.json >"$deviations" <<-'EOF'
		import json, sys
		all = {}
		for path in sys.argv[1:]:
		    for scenario, steps in json.load(open(path)).items():
		        all.setdefault(scenario, {}).update(steps)
		json.dump(all, sys.stdout)
	EOF
fi
report=bin/$name.json
log=bin/$name.log
status=0
python3 "$TREATY_GOLDEN_DIR/replay.py" check \
	--start "sh $PWD/conformance/start-broker.sh {port} {dir}" \
	--deviations "$deviations" --jobs 3 --json "$report" \
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
	for one in $(sed -n 's/^FAIL \([^ ]*\).*/\1/p' "$log"); do
		python3 "$TREATY_GOLDEN_DIR/replay.py" check \
			--start "sh $PWD/conformance/start-broker.sh {port} {dir}" \
			--deviations "$deviations" --json "bin/$name-$one.json" --only "$one.json" \
			"$TREATY_GOLDEN_DIR/answers" >"bin/$name-$one.log" 2>&1 || cat "bin/$name-$one.log"
		again="$again -again bin/$name-$one.json"
	done
fi
sed -n '/^area /,$p' "$log" | grep -v '^differs on purpose\|passed, ' || true
echo "recorded answers, steps: $(tail -1 "$log")"
# shellcheck disable=SC2086 # each name is a word of its own
go run ./conformance/golden $page $again ${TREATY_GOLDEN_UPDATE:+-update} "$report"
[ -n "$page" ] || go run ./conformance/summary
