#!/bin/sh
# Plays the history of a Pact Broker to bin/treaty and compares what it then
# answers to some hundred reads with what the Pact Broker answered, dates apart.
# With TREATY_GOLDEN_DATABASE=postgres the broker is on the server at
# TREATY_TEST_POSTGRES_URL. Arguments are handed to the replay tool.
set -eu
cd "$(dirname "$0")/.."
history=${TREATY_CONFORMANCE_DIR:-}/migration
if [ ! -f "$history/history.json" ] || [ ! -f "${TREATY_GOLDEN_DIR:-}/replay.py" ]; then
	echo "history-check: skipped, because it needs TREATY_CONFORMANCE_DIR (migration/history.json) and TREATY_GOLDEN_DIR (replay.py)"
	exit 0
fi
work=$(mktemp -d)
broker=
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
base=http://127.0.0.1:$port
finish() {
	[ -z "$broker" ] || kill "$broker" 2>/dev/null
	wait
	rm -rf "$work"
	[ "${TREATY_GOLDEN_DATABASE:-sqlite}" != postgres ] || psql -q "$TREATY_TEST_POSTGRES_URL" -c "drop database if exists golden_$port"
}
trap finish EXIT
# The settings of the recorded broker.
export PACT_BROKER_WEBHOOK_SCHEME_WHITELIST="http https" PACT_BROKER_WEBHOOK_HOST_WHITELIST=127.0.0.1 \
	PACT_BROKER_WEBHOOK_HTTP_METHOD_WHITELIST="POST GET PUT" PACT_BROKER_WEBHOOK_RETRY_SCHEDULE="1 1" \
	PACT_BROKER_ALLOW_DANGEROUS_CONTRACT_MODIFICATION=true
sh conformance/start-broker.sh "$port" "$work" >"$work/broker.log" 2>&1 &
broker=$!
python3 -c '
import sys, time, urllib.request
for _ in range(200):
    try:
        urllib.request.urlopen(sys.argv[1] + "/diagnostic/status/heartbeat")
        sys.exit(0)
    except OSError:
        time.sleep(0.1)
sys.exit("history-check: the broker does not answer")' "$base" || {
	cat "$work/broker.log" >&2
	exit 1
}
mkdir "$work/history" "$work/reads"
cp "$history/history.json" "$work/history/001-migration-history.json" # the tool wants a number
# The steps that wait for more deliveries than can come are reported as troubled.
python3 "$TREATY_GOLDEN_DIR/replay.py" record --base "$base" --assume-env --out "$work/played" \
	"$work/history/001-migration-history.json" >"$work/played.log" 2>&1 || true
go run ./conformance/history -base "$base" -played "$work/played/001-migration-history.json" \
	-answers "$history/golden-open" -deviations "$history/deviations-imported.json,docs/deviations.json" -out "$work/reads" -differ "$work/deviations.json"
python3 "$TREATY_GOLDEN_DIR/replay.py" check --base "$base" --assume-env --deviations "$work/deviations.json" \
	"$@" "$work/reads" >"$work/reads.log" 2>&1 && status=0 || status=$?
grep -v '^differs on purpose\|^note:\|^PASS' "$work/reads.log" || true
exit "$status"
