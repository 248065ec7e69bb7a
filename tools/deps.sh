#!/bin/sh
# tools/deps.sh [--objects | --tests] - installs the Debian packages that building needs (only its C and C++ sources; testing, too), and the
# address ranges that place public addresses. Does nothing when all is there.
set -eu
build="gcc g++ make libsimdjson-dev libarchive-dev libsodium-dev libsqlite3-dev libcjson-dev libmaxminddb-dev zlib1g-dev python3
    libmicrohttpd-dev libgnutls28-dev libcurl4-gnutls-dev libldap-dev libxlsxwriter-dev libzstd-dev libseccomp-dev libpcap-dev"
tests="libcmocka-dev clang-14 libclang-rt-14-dev libevtx-utils zip zstd openssl
    samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind samba-common-bin smbclient krb5-user
    ldap-utils ldb-tools libsasl2-modules-gssapi-mit attr python3-markdown iproute2 ethtool curl tshark chromium-headless-shell"
want=$build
[ "${1:-}" = --tests ] && want="$build $tests"
[ "${1:-}" = --objects ] || command -v npm >/dev/null || want="$want nodejs npm" # builds the portal
missing=
for p in $want; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "these Debian packages are missing:$missing" >&2
        echo "install them as root: apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    echo "installing:$missing"
    apt-get update -qq
    # servers are for the tests to start, in namespaces of their own; none shall run on this machine (policy-rc.d(8) of invoke-rc.d)
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT INT TERM
    fi
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
[ "${1:-}" = --objects ] || sh tools/geo.sh || echo "no address ranges: places are those that records state" >&2
