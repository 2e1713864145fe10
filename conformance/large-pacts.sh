#!/bin/sh
# Measures the most memory that a broker takes when six clients at once send or
# fetch a pact of 8.9 MB with 100,000 interactions, or are refused because their
# version has another one. usage: large-pacts.sh BINARY
set -eu
binary=$1
work=$(mktemp -d)
trap 'kill "$broker" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
awk 'BEGIN {
	printf "{\"consumer\":{\"name\":\"C\"},\"provider\":{\"name\":\"P\"},\"interactions\":["
	for (i = 0; i < 100000; i++)
		printf "%s{\"description\":\"n%d\",\"request\":{\"method\":\"GET\",\"path\":\"/\"},\"response\":{\"status\":200}}", i ? "," : "", i
	print "]}"
}' >"$work/pact.json"
# other NUMBER: the pact with a change
other() { sed "s/\"n7\"/\"m$1\"/" "$work/pact.json"; }
# published NUMBER: the request that publishes that one for version 1
published() {
	printf '{"pacticipantName":"C","pacticipantVersionNumber":"1","contracts":[{"consumerName":"C","providerName":"P","specification":"pact","contentType":"application/json","content":"'
	other "$1" | base64 -w0
	printf '"}]}'
}
measure() { # measure NAME METHOD PATHS: a broker of its own for each figure
	name=$1 method=$2 first=$3
	rm -f "$work"/t.db*
	"$binary" serve --max-body-size 20000000 --host 127.0.0.1 --port 29391 --database "sqlite:$work/t.db" >"$work/log" 2>&1 &
	broker=$!
	until curl -sf -o /dev/null http://127.0.0.1:29391/diagnostic/status/heartbeat; do sleep 0.1; done
	at=http://127.0.0.1:29391/pacts/provider/P/consumer/C/version
	[ "$first" = "" ] || curl -s -o /dev/null -X PUT -H 'Content-Type: application/json' --data-binary @"$work/pact.json" "$at/1"
	clients=
	for i in 1 2 3 4 5 6; do
		case $method in
		GET) curl -s -o /dev/null -w '%{http_code} ' "$at/1" & ;;
		REFUSED) other "$i" | curl -s -o /dev/null -w '%{http_code} ' -X PUT -H 'Content-Type: application/json' --data-binary @- "$at/1" & ;;
		POST) published "$i" | curl -s -o /dev/null -w '%{http_code} ' -H 'Content-Type: application/json' --data-binary @- http://127.0.0.1:29391/contracts/publish & ;;
		PATCH) other "$i" | curl -s -o /dev/null -w '%{http_code} ' -X PATCH -H 'Content-Type: application/json' --data-binary @- "$at/1" & ;;
		*) curl -s -o /dev/null -w '%{http_code} ' -X "$method" -H 'Content-Type: application/json' --data-binary @"$work/pact.json" "$at/$i" & ;;
		esac
		clients="$clients $!"
	done
	wait $clients
	echo "| $name | $(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$broker/status") |"
	kill "$broker"
	wait "$broker" || true
}
measure "publish by PUT" PUT ""
measure "fetch" GET first
measure "merge by PATCH" PATCH first
measure "refused by PUT" REFUSED first
measure "refused by contracts/publish" POST first
