#!/bin/sh
# tools/lab/lab.sh up|down|dc|client DIR [COMMAND...] - a real Active Directory domain controller (Samba) for tests.
#
# Two network namespaces joined by a veth pair: the controller dc1.corp.example.test (10.77.0.10 on dc0) and a client (10.77.0.20 on cl0).
# Everything lies in DIR; nothing of it is reachable from outside the namespaces, nothing outside is changed but for an empty /run/samba.
#
#   up DIR                  starts it, after ending what runs in DIR; exit code 77 where namespaces or Samba are missing
#   dc DIR COMMAND...       runs a command beside the controller;     samba-tool and ldbsearch want -s / --configfile $DIR/dc/etc/smb.conf
#   client DIR COMMAND...   runs a command on the client
#   down DIR                ends it
#
# In DIR: lab.env (names, addresses, the administrator's password), ca.pem (has signed the controller's certificate), krb5.conf, smb.conf (for
# clients), dc/ (the controller's files, dc/private/sam.ldb), log/ (samba.log, and the JSON audit: auth.json, dsdb.json, group.json, ...).
#
# The domain is provisioned once and kept in $VIGIE_LAB_BASE (default build/lab); starting a copy takes three seconds.
set -eu
me=$0 op=${1:-} dir=${2:-}
[ -n "$dir" ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$me" >&2; exit 2; }
shift 2
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
id=$(printf %s "$dir" | cksum | cut -d' ' -f1)
dc=vigie$id-dc client=vigie$id-cl
dc_ip=10.77.0.10 client_ip=10.77.0.20
realm=CORP.EXAMPLE.TEST domain=corp.example.test netbios=CORP
password='Adm1n-Passw0rd!' # of the lab alone

# every command has its own mounts: names, and the sockets of its own Samba
within() { # namespace, directory for /run/samba, command...
    space=$1 run=$2
    shift 2
    # shellcheck disable=SC2016
    LAB=$dir RUN=$run ip netns exec "$space" sh -c '
        mount --bind "$LAB/resolv.conf" /etc/resolv.conf && mount --bind "$LAB/hosts" /etc/hosts &&
        mount --bind "$RUN" /run/samba && mount --bind "$LAB/log" /var/log/samba && exec "$@"' sh "$@"
}
on_dc() { KRB5_CONFIG=$dir/krb5.conf within "$dc" "$dir/run-dc" "$@"; }
on_client() { KRB5_CONFIG=$dir/krb5.conf KRB5CCNAME=FILE:$dir/ccache within "$client" "$dir/run-client" "$@"; }

gone() { # waits for process $1 to end, at most 10 s
    n=0
    while [ -d "/proc/$1" ] && [ $n -lt 100 ]; do
        sleep 0.1
        n=$((n + 1))
    done
}

down() {
    pid=$(cat "$dir/run-dc/samba.pid" 2>/dev/null || true)
    if [ -n "$pid" ] && ip netns pids "$dc" 2>/dev/null | grep -qx "$pid"; then
        kill -CONT "$pid" 2>/dev/null || true
        kill -TERM "$pid" 2>/dev/null || true
        gone "$pid"
    fi
    for space in "$dc" "$client"; do
        [ -e "/run/netns/$space" ] || continue
        for pid in $(ip netns pids "$space"); do kill -TERM "$pid" 2>/dev/null || true; done
        for pid in $(ip netns pids "$space"); do gone "$pid"; done
        for pid in $(ip netns pids "$space"); do kill -KILL "$pid" 2>/dev/null || true; done
        ip netns del "$space"
    done
    rm -f "$dir/run-dc/samba.pid"
}

possible() {
    [ "$(id -u)" = 0 ] || { echo "notice: the lab needs root for network namespaces"; return 1; }
    for tool in samba samba-tool ip ethtool openssl kinit rpcclient ldapsearch; do
        command -v "$tool" >/dev/null || { echo "notice: the lab needs $tool (tools/deps.sh --tests)"; return 1; }
    done
    ip netns add "$dc" 2>/dev/null && ip netns exec "$dc" true 2>/dev/null ||
        { echo "notice: network namespaces are not permitted here"; return 1; }
}

network() {
    ip netns add "$client"
    ip link add dc0 netns "$dc" type veth peer name cl0 netns "$client"
    for line in "$dc dc0 $dc_ip" "$client cl0 $client_ip"; do
        # shellcheck disable=SC2086
        set -- $line
        ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
        ip -n "$1" link set lo up
        ip -n "$1" addr add "$3/24" dev "$2"
        ip -n "$1" link set "$2" up
        # captures show what a wire would carry: no joined segments, finished checksums
        ip netns exec "$1" ethtool -K "$2" tx off sg off tso off gso off gro off >/dev/null
    done
}

names() {
    rm -rf "$dir/log" "$dir/run-dc" "$dir/run-client"
    mkdir -p "$dir/run-dc" "$dir/run-client" "$dir/log" "$dir/share" "$dir/client" /run/samba /var/log/samba
    chmod 1777 "$dir/share"
    printf 'search %s\nnameserver %s\n' $domain $dc_ip >"$dir/resolv.conf"
    printf '127.0.0.1 localhost\n%s dc1.%s dc1\n%s %s\n' $dc_ip $domain $client_ip "$(uname -n)" >"$dir/hosts"
    cat >"$dir/krb5.conf" <<EOF
[libdefaults]
  default_realm = $realm
  dns_lookup_realm = false
  dns_lookup_kdc = false
  rdns = false
[realms]
  $realm = {
    kdc = $dc_ip
    admin_server = $dc_ip
  }
[domain_realm]
  .$domain = $realm
[kdc]
  require-preauth = false
EOF
    cat >"$dir/smb.conf" <<EOF
[global]
 workgroup = $netbios
 realm = $realm
 netbios name = CL1
 private dir = $dir/client
 lock directory = $dir/client
 state directory = $dir/client
 cache directory = $dir/client
 log level = 0
 client min protocol = NT1
 client ipc min protocol = NT1
 client ldap sasl wrapping = plain
EOF
    cat >"$dir/lab.env" <<EOF
LAB=$dir
LAB_DC_SPACE=$dc
LAB_CLIENT_SPACE=$client
LAB_DC_IP=$dc_ip
LAB_CLIENT_IP=$client_ip
LAB_DC=dc1.$domain
LAB_DOMAIN=$domain
LAB_REALM=$realm
LAB_NETBIOS=$netbios
LAB_ADMIN=Administrator
LAB_PASSWORD='$password'
EOF
}

# what is the same each time: the provisioned database, and certificates
base() {
    home=${VIGIE_LAB_BASE:-build/lab}
    mkdir -p "$home"
    home=$(cd "$home" && pwd)
    base=$home/base-$( (samba --version; cat "$me") | cksum | cut -d' ' -f1).tar
    [ -e "$base" ] && return
    work=$dir/base
    rm -rf "$work"
    on_dc samba-tool domain provision --configfile=/dev/null --targetdir="$work" --realm=$realm --domain=$netbios --server-role=dc \
        --dns-backend=SAMBA_INTERNAL --host-name=dc1 --host-ip=$dc_ip --adminpass="$password" \
        --option='interfaces=lo dc0' --option='bind interfaces only=yes' >"$dir/log/provision.log" 2>&1 ||
        { cat "$dir/log/provision.log" >&2; return 1; }
    certificates "$work/private/tls" >"$dir/log/openssl.log" 2>&1
    tar -C "$work" --xattrs --xattrs-include='*' --acls -cf "$base.$$" .
    mv "$base.$$" "$base"
    rm -rf "$work"
}

certificates() { # directory: an authority, and the controller's certificate by it
    mkdir -p "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1/ca.key" -out "$1/ca.pem" -days 3650 -subj '/CN=Lab authority'
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1/key.pem" -out "$1/dc.csr" -subj "/CN=dc1.$domain"
    printf 'subjectAltName=DNS:dc1.%s,DNS:%s\n' $domain $domain >"$1/dc.ext"
    openssl x509 -req -in "$1/dc.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 3650 -extfile "$1/dc.ext" -out "$1/cert.pem"
    chmod 600 "$1/key.pem"
}

server_conf() {
    cat >"$dir/dc/etc/smb.conf" <<EOF
[global]
	workgroup = $netbios
	realm = $realm
	netbios name = DC1
	server role = active directory domain controller
	interfaces = lo dc0
	bind interfaces only = yes
	private dir = $dir/dc/private
	state directory = $dir/dc/state
	cache directory = $dir/dc/cache
	lock directory = $dir/dc
	binddns dir = $dir/dc/bind-dns
	ntp signd socket directory = /run/samba/ntp_signd
	tls cafile = $dir/dc/private/tls/ca.pem
	tls certfile = $dir/dc/private/tls/cert.pem
	tls keyfile = $dir/dc/private/tls/key.pem
	dns forwarder =
	logging = file
	log file = $dir/log/samba.log
	max log size = 0
	log level = 1 auth_json_audit:5@$dir/log/auth.json dsdb_json_audit:5@$dir/log/dsdb.json dsdb_password_json_audit:5@$dir/log/password.json dsdb_group_json_audit:5@$dir/log/group.json dsdb_transaction_json_audit:5@$dir/log/transaction.json
	ldap server require strong auth = no
	ntlm auth = ntlmv1-permitted
	server min protocol = NT1
	load printers = no
	printing = bsd
	printcap name = /dev/null
	disable spoolss = yes
[sysvol]
	path = $dir/dc/state/sysvol
	read only = No
[netlogon]
	path = $dir/dc/state/sysvol/$domain/scripts
	read only = No
[data]
	path = $dir/share
	read only = No
EOF
}

ready() { # an open port is not enough: each service has to answer
    on_client rpcclient dc1.$domain -U "$netbios\\Administrator%$password" --configfile="$dir/smb.conf" -c getdompwinfo >/dev/null 2>&1 &&
        on_client ldapsearch -x -H ldap://$dc_ip -s base -b '' defaultNamingContext >/dev/null 2>&1 &&
        echo "$password" | on_client kinit Administrator >/dev/null 2>&1
}

up() {
    down
    trap '[ $? = 0 ] || down' EXIT
    possible || { ip netns del "$dc" 2>/dev/null || true; exit 77; }
    network
    names
    base
    rm -rf "$dir/dc"
    mkdir "$dir/dc"
    tar -C "$dir/dc" --xattrs --xattrs-include='*' --acls -xf "$base"
    cp "$dir/dc/private/tls/ca.pem" "$dir/ca.pem"
    server_conf
    ( # a subshell of its own, so that nothing holds on to our output
        exec >"$dir/log/stdout.log" 2>&1 </dev/null
        on_dc setsid samba -F --no-process-group -s "$dir/dc/etc/smb.conf" -M prefork
    ) &
    n=0
    until ready; do
        n=$((n + 1))
        [ $n -lt 300 ] || { tail -n 20 "$dir/log/samba.log" >&2; return 1; }
        sleep 0.1
    done
    echo "lab: dc1.$domain is up; sh $me client $dir COMMAND..., sh $me down $dir"
}

case $op in
up) up ;;
down) down ;;
dc) on_dc "$@" ;;
client) on_client "$@" ;;
*) echo "lab: no '$op'" >&2; exit 2 ;;
esac
