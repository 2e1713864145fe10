#!/bin/sh
# Starts bin/treaty for one replayed scenario: start-broker.sh PORT FOLDER.
#
# With TREATY_GOLDEN_IDENTITY=1 the broker asks everybody who they are, and a proxy in
# front of it (conformance/golden/bearer, built as bin/golden-bearer) adds the token of an
# administrator to each request that has no credentials. A scenario about the two
# passwords is about requests without credentials too: there nothing is added.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
port=$1
dir=$2
treaty=${TREATY_BIN:-$root/bin/treaty}
# The recorded broker let webhooks reach any address; the receiver is on this
# machine, which Treaty refuses unless it is told.
if [ "${GOLDEN_WEBHOOKS_HTTP_ANY_HOST:-}" = true ]; then
	export PACT_BROKER_WEBHOOK_ALLOW_LOOPBACK=true
fi
database=sqlite:$dir/treaty.db
if [ "${TREATY_GOLDEN_DATABASE:-sqlite}" = postgres ]; then
	name=golden_$port
	psql -q "$TREATY_TEST_POSTGRES_URL" -c "drop database if exists $name" -c "create database $name" >/dev/null 2>&1
	database=${TREATY_TEST_POSTGRES_URL%/*}/$name
fi
if [ "${TREATY_GOLDEN_IDENTITY:-}" != 1 ]; then
	exec "$treaty" serve --port "$port" --database "$database"
fi
if [ "${GOLDEN_BASIC_AUTH:-}" = true ]; then
	exec "$treaty" serve --identity --port "$port" --database "$database"
fi
exec "$root/bin/golden-bearer" -listen "127.0.0.1:$port" \
	-token "'$treaty' token create --role Administrator --name Replay --database '$database'" -- \
	"$treaty" serve --identity --port '{port}' --database "$database"
