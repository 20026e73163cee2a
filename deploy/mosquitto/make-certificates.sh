#!/bin/sh
# Makes an authority of your own, and certificates: for the broker, or for a client that gets in by one.
#
#   make-certificates.sh FOLDER NAME_OR_ADDRESS...
#   make-certificates.sh /etc/mosquitto/feverhub feverhub.local 192.168.1.20
#   make-certificates.sh --client /etc/mosquitto/feverhub hub
#
# The authority (ca.crt, ca.key) is made once and kept; the other certificate is made anew at each call, so the same
# line renews it. A client's files are USER.crt and USER.key. Keep ca.key off the hub if you can. Needs openssl 3.
set -eu
umask 077

use=server
if [ "${1:-}" = --client ]; then
    use=client
    shift
fi
if [ "$#" -lt 2 ] || { [ "$use" = client ] && [ "$#" -ne 2 ]; }; then
    echo "usage: $0 FOLDER NAME_OR_ADDRESS... | --client FOLDER USER" >&2
    exit 2
fi
folder=$1
shift

# 825 days is the most that iPhones accept for a server, whoever signed it.
days=825
ca_days=3650

names=
if [ "$use" = client ]; then
    file=$1 # the user's name at the broker is the common name
    case $file in
    ca | server | '' | *[!a-z0-9_-]*)
        echo "$0: a user is 1 to 32 of a-z, 0-9, _ and -, and neither ca nor server" >&2
        exit 2
        ;;
    esac
else
    file=server
    for name in "$@"; do
        case $name in
        *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) kind=IP ;;
        *) kind=DNS ;;
        esac
        names="${names:+$names,}$kind:$name"
    done
fi

mkdir -p "$folder"
cd "$folder"

if [ ! -e ca.key ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -sha256 -key ca.key -days "$ca_days" -out ca.crt -subj "/CN=feverhub home authority" \
        -addext "keyUsage=critical,keyCertSign,cRLSign"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl ecparam -name prime256v1 -genkey -noout -out "$work/$file.key"
openssl req -new -sha256 -key "$work/$file.key" -out "$work/request" -subj "/CN=$1"
cat >"$work/extensions" <<END
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=${use}Auth
${names:+subjectAltName=$names}
END
openssl x509 -req -sha256 -in "$work/request" -CA ca.crt -CAkey ca.key -CAcreateserial \
    -days "$days" -extfile "$work/extensions" -out "$work/$file.crt" 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
}
mv "$work/$file.key" "$work/$file.crt" .
chmod 644 ca.crt "$file.crt"
echo "ca.crt goes to every client; $file.crt is valid for $days days, for ${names:-the user $1}"
