#!/bin/sh
# tests/support/certs.sh DIR - makes what tests of TLS need: ca.pem and what it signed (server.pem for localhost and
# 127.0.0.1, elsewhere.pem for another name, client.pem), and stranger.pem, which it did not. Keys beside them in .key.
set -eu
cd "$1"
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
root() {
    key "$1"
    openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 2 -out "$1.pem" -addext basicConstraints=critical,CA:TRUE
}
signed() { # name, subjectAltName
    key "$1"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    printf 'subjectAltName=%s\n' "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" -days 2 -extfile "$1.ext" -out "$1.pem"
}
{
    root ca
    root stranger
    signed server DNS:localhost,IP:127.0.0.1
    signed elsewhere DNS:elsewhere.test
    signed client DNS:client.test
} >certs.log 2>&1 || { cat certs.log >&2; exit 1; }
