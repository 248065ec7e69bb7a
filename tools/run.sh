#!/bin/sh
# tools/run.sh BUILD - makes the sample organisation, scans it, and runs the hub on it: what `make run` shows.
# VIGIE_PORT: the portal's port (8443). VIGIE_HUB: the hub's data folder (hub/).
set -eu
build=$1
out=sample hub=${VIGIE_HUB:-hub} port=${VIGIE_PORT:-8443}
if [ ! -s "$out/truth.tsv" ]; then
    echo "making a sample organisation of 120 people and 42 days in $out/ ..."
    # six weeks that end last Sunday, so that "the last seven days" of the portal have the intrusion
    "$build/sample" --out "$out" --users 120 --days 42 --seed 1 --start "$(date -u -d 'last sunday - 41 days' +%F)"
fi
set -- "$out/windows" "$out/office365" "$out/entra" "$out/aws" "$out/directory.ldif"
echo "scanning it: $build/vigie scan --html $out.html $*"
echo
"$build/vigie" scan --html "$out.html" "$@"
echo
echo "the same as a page: $out.html   what was injected: $out/truth.tsv"
echo

fresh=no
if [ ! -e "$hub/data" ]; then
    fresh=yes
    mkdir -p "$hub/inbox"
    cp -R "$@" "$hub/inbox/"
fi
echo "starting the hub on it: $build/vigie serve --data $hub/data --inbox $hub/inbox --port $port"
"$build/vigie" serve --data "$hub/data" --inbox "$hub/inbox" --port "$port" &
pid=$!
trap 'kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null || true' INT TERM EXIT
if [ $fresh = yes ]; then
    sid= tries=0
    while [ -z "$sid" ] && [ $tries -lt 120 ] && kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        tries=$((tries + 1))
        sid=$("$build/vigie" licence show --data "$hub/data" 2>/dev/null | sed -n 's/^domain: \([^ ]*\).*/\1/p')
    done
    if [ -n "$sid" ]; then
        "$build/vigie" licence issue --key "$hub/data/licence/own" --product atp --organisation "Sample organisation" --domain-sid "$sid" >"$hub/atp.licence"
        cat <<EOF

Open the set-up link above, then connect the on-premises side:
  Settings > System > Licences: paste $hub/atp.licence (signed with this hub's own key for the domain it watches)
  Settings > Threat protection > Identity protection (ATP): tick the box, Save
Ctrl-C stops the hub; make run starts it again.
EOF
    fi
fi
wait "$pid"
