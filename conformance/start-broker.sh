#!/bin/sh
# Starts bin/treaty for one replayed scenario: start-broker.sh PORT FOLDER.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
port=$1
dir=$2
# The recorded broker let webhooks reach any address; the receiver is on this
# machine, which Treaty refuses unless it is told.
if [ "${GOLDEN_WEBHOOKS_HTTP_ANY_HOST:-}" = true ]; then
	export PACT_BROKER_WEBHOOK_ALLOW_LOOPBACK=true
fi
if [ "${TREATY_GOLDEN_DATABASE:-sqlite}" = postgres ]; then
	name=golden_$port
	psql -q "$TREATY_TEST_POSTGRES_URL" -c "drop database if exists $name" -c "create database $name" >/dev/null 2>&1
	base=${TREATY_TEST_POSTGRES_URL%/*}
	exec "${TREATY_BIN:-$root/bin/treaty}" serve --port "$port" --database "$base/$name"
fi
exec "${TREATY_BIN:-$root/bin/treaty}" serve --port "$port" --database "sqlite:$dir/treaty.db"
