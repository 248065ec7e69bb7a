#!/bin/sh
# tools/geo.sh [folder] - fetches the country ranges of IP addresses into build/geo.
#
# They are the files geoip and geoip6 of the Debian package tor-geoipdb (IPFire Location database,
# CC BY-SA 4.0). The package is unpacked, not installed: installing it would bring the tor daemon along.
set -eu
into=${1:-build/geo}
if [ -s "$into/geoip" ] && [ -s "$into/geoip6" ]; then
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
# apt gives the download to its own account _apt, which therefore must be able to write here
chmod 755 "$work"
if [ "$(id -u)" = 0 ] && id _apt >/dev/null 2>&1; then chown _apt "$work"; fi
fetch() { (cd "$work" && apt-get -qq download tor-geoipdb >/dev/null); }
fetch 2>/dev/null || { # the package lists may be absent or old
    [ "$(id -u)" != 0 ] || apt-get -qq update
    fetch
}
dpkg-deb -x "$work"/tor-geoipdb_*.deb "$work/unpacked"
mkdir -p "$into"
for file in geoip geoip6; do
    cp "$work/unpacked/usr/share/tor/$file" "$into/$file.new"
    mv "$into/$file.new" "$into/$file"
done
cp "$work/unpacked/usr/share/doc/tor-geoipdb/copyright" "$into/copyright"
