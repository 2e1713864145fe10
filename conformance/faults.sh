#!/bin/sh
# Runs the reproductions of faults that were met in the field against this
# checkout and bin/treaty, and prints the count. What is listed in
# conformance/faults.open is still open: it is named with what it belongs to and
# does not fail the run. Everything else must be right. Some of the listed ones
# are races that come out right now and then, so a listed one that is right is
# told and no failure. With TREATY_TEST_POSTGRES_URL those that need PostgreSQL
# run too; without it they are counted as skipped, and in CI that is a failure.
#
# A race that could not begin says nothing about Treaty: its second broker takes
# the port after a free one, which any connection of this machine may hold. Its
# verdict is empty, while a wrong outcome is always told; it is played again.
set -eu
cd "$(dirname "$0")/.."
if [ -z "${TREATY_FAULTS_DIR:-}" ] || [ ! -f "$TREATY_FAULTS_DIR/run" ]; then
	echo "faults: set TREATY_FAULTS_DIR to the folder with run, broker/, core/ and security/" >&2
	exit 2
fi
mkdir -p bin
log=bin/faults.log
bash "$TREATY_FAULTS_DIR/run" . bin/treaty ${TREATY_TEST_POSTGRES_URL:+"$TREATY_TEST_POSTGRES_URL"} >"$log" 2>&1 || true
races=$(mktemp -d)
trap 'rm -rf "$races"' EXIT
ln -s "$TREATY_FAULTS_DIR/postgres" "$races/postgres"
not_begun='^WRONG  postgres/[^ ]*:  -> WRONG [^ ]*: *$'
for _ in 1 2 3; do
	grep -q "$not_begun" "$log" || break
	FAULTS=$races bash "$TREATY_FAULTS_DIR/run" . bin/treaty "$TREATY_TEST_POSTGRES_URL" >"$log.again" 2>&1 || true
	# The outcomes of this round take the places of those that say nothing.
	awk -v not_begun="$not_begun" '
		FNR == NR { name = $2; sub(/:$/, "", name); again[name] = $0; next }
		$0 ~ not_begun { name = $2; sub(/:$/, "", name); print "could not begin, played again: " name; if (name in again) $0 = again[name] }
		{ print }
	' "$log.again" "$log" >"$log.new"
	mv "$log.new" "$log"
done
awk -v ci="${CI:-}" '
	FNR == NR { if ($1 != "" && $1 !~ /^#/) { name = $1; $1 = ""; open[name] = substr($0, 2) } next }
	$1 == "right" { right++; if ($2 in open) print "right now, though listed as open: " $2; next }
	$1 == "WRONG" {
		name = $2; sub(/:$/, "", name)
		if (name in open) { waiting++; print "open   " name ": " open[name] } else { wrong++; print }
		next
	}
	$1 == "skip" { skipped++; print; next }
	/passed, [0-9]+ failed$/ { ended = 1; next }
	{ print }
	END {
		printf "faults from the field: %d right, %d wrong, %d open, %d skipped\n", right, wrong, waiting, skipped
		if (!ended) { print "the runner did not come to its end"; exit 1 }
		if (wrong || (ci != "" && skipped)) exit 1
	}
' conformance/faults.open "$log"
