#!/bin/sh
# Makes an authority of your own and a server certificate for the broker.
#
#   make-certificates.sh FOLDER NAME_OR_ADDRESS...
#   make-certificates.sh /etc/mosquitto/feverhub feverhub.local 192.168.1.20
#
# The authority (ca.crt, ca.key) is made once and kept; the server's certificate is made anew at each call, so the same
# line renews it. Keep ca.key off the hub if you can. Needs openssl 3.
set -eu
umask 077

if [ "$#" -lt 2 ]; then
    echo "usage: $0 FOLDER NAME_OR_ADDRESS..." >&2
    exit 2
fi
folder=$1
shift

# 825 days is the most that iPhones accept for a server, whoever signed it.
server_days=825
ca_days=3650

names=
for name in "$@"; do
    case $name in
    *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) kind=IP ;;
    *) kind=DNS ;;
    esac
    names="${names:+$names,}$kind:$name"
done

mkdir -p "$folder"
cd "$folder"

if [ ! -e ca.key ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -sha256 -key ca.key -days "$ca_days" -out ca.crt -subj "/CN=feverhub home authority" \
        -addext "keyUsage=critical,keyCertSign,cRLSign"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl ecparam -name prime256v1 -genkey -noout -out "$work/server.key"
openssl req -new -sha256 -key "$work/server.key" -out "$work/server.csr" -subj "/CN=$1"
cat >"$work/extensions" <<END
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=$names
END
openssl x509 -req -sha256 -in "$work/server.csr" -CA ca.crt -CAkey ca.key -CAcreateserial \
    -days "$server_days" -extfile "$work/extensions" -out "$work/server.crt" 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
}
mv "$work/server.key" "$work/server.crt" .
chmod 644 ca.crt server.crt
echo "ca.crt goes to every client; server.crt is valid for $server_days days, for $names"
