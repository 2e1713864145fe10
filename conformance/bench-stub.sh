#!/usr/bin/env bash
# Measures `treaty stub` and, if TREATY_PACT_CLI names the official binary,
# `pact stub` under wrk with 1, 100 and 1,000 interactions. Needs wrk. With
# TREATY_BENCH_CHECK=1 it fails below 25,000 requests a second or above 100 MB.
set -euo pipefail
treaty=${1:-bin/treaty}
seconds=${TREATY_BENCH_SECONDS:-5}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 2; }
export PACT_DO_NOT_TRACK=true

pact() { # pact N: a pact file of N interactions
	{
		printf '{"consumer":{"name":"web"},"provider":{"name":"catalog"},"metadata":{"pactSpecification":{"version":"3.0.0"}},"interactions":['
		for i in $(seq 0 $(($1 - 1))); do
			[ "$i" -eq 0 ] || printf ','
			printf '{"description":"product %d","request":{"method":"GET","path":"/products/%d"},"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":%d,"name":"lamp","price":12.5}}}' "$i" "$i" "$i"
		done
		printf ']}'
	} >"$work/$1.json"
}

measure() { # measure NAME N PORT COMMAND...: one line of the table
	local name=$1 n=$2 port=$3 rate bad memory
	shift 3
	"$@" >"$work/log" 2>&1 &
	server=$!
	for _ in $(seq 300); do
		curl -sf -m 5 -o /dev/null "http://127.0.0.1:$port/products/0" && break
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1 # a process of another maker tells nobody when it is ready
	done
	wrk -t1 -c8 -d"${seconds}s" "http://127.0.0.1:$port/products/$((n - 1))" >"$work/wrk" || true
	rate=$(awk '/Requests\/sec/ {print int($2)}' "$work/wrk")
	bad=$(awk '/Non-2xx/ {print " (" $NF " answers were not 200)"}' "$work/wrk")
	memory=$(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$server/status")
	kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	server=
	printf '%-12s %5d interactions %8s requests/s %6s MB%s\n' "$name" "$n" "${rate:-0}" "${memory:-?}" "$bad"
	if [ "$name" = treaty ] && [ -n "${TREATY_BENCH_CHECK:-}" ] && { [ "${rate:-0}" -lt 25000 ] || [ "${memory:-999}" -ge 100 ]; }; then
		echo "below what is promised" >&2
		exit 1
	fi
}

for n in 1 100 1000; do
	pact "$n"
	measure treaty "$n" 18980 "$treaty" stub --file "$work/$n.json" --host 127.0.0.1 --port 18980 --loglevel none
	if [ -n "${TREATY_PACT_CLI:-}" ]; then
		measure pact "$n" 18981 "$TREATY_PACT_CLI" stub --file "$work/$n.json" --port 18981 --loglevel none
	fi
done
