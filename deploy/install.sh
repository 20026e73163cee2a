#!/bin/sh
# Installs or updates a feverhub on 64-bit Raspberry Pi OS or Debian 12 and later, from a checkout. Can be run again at
# any time: what the family has set (configuration, passwords, access list, certificates) is never written over.
#
#   sudo deploy/install.sh              do it
#   deploy/install.sh --dry-run         print what would be done, change nothing
#   sudo deploy/install.sh --no-broker  the broker runs elsewhere
#   sudo deploy/install.sh --root DIR   put all files under DIR (to look at them, or for an image)
set -eu

dry=no
broker=yes
root=
while [ "$#" -gt 0 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --no-broker) broker=no ;;
    --root)
        root=${2:?--root needs a folder}
        shift
        ;;
    -h | --help)
        sed -n '2,9s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *)
        echo "$0: unknown option $1 (see --help)" >&2
        exit 2
        ;;
    esac
    shift
done

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(dirname "$here")
etc=$root/etc/feverhub
mosquitto=$root/etc/mosquitto
units=$root/etc/systemd

fail() {
    echo "install.sh: $1" >&2
    exit "$2"
}

# Every change goes through here.
run() {
    if [ "$dry" = yes ]; then
        echo "+ $*"
    else
        "$@"
    fi
}

# put MODE FROM TO: write over.   keep MODE FROM TO: only where nothing is yet.
put() {
    run install -D -m "$1" "$2" "$3"
}
keep() {
    if [ -e "$3" ]; then
        echo "$3 is kept as it is"
    else
        put "$1" "$2" "$3"
    fi
}

# A new password for the hub, to the broker's list (hashed) and to the hub's credentials.
hub_password() {
    umask 077
    password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    list=$(mktemp)
    printf 'hub:%s\n' "$password" >"$list"
    mosquitto_passwd -U "$list"
    if [ -e "$mosquitto/feverhub/passwords" ]; then
        sed -i '/^hub:/d' "$mosquitto/feverhub/passwords"
    fi
    cat "$list" >>"$mosquitto/feverhub/passwords"
    rm "$list"
    printf '%s\n' "$password" >"$etc/credentials/mqtt_password"
}

[ "$(getconf LONG_BIT)" = 64 ] || fail "this needs a 64-bit system; on a Raspberry Pi take the 64-bit Raspberry Pi OS" 4
[ "$dry" = yes ] || [ "$(id -u)" = 0 ] || fail "run it with sudo" 1

packages="bluez alsa-utils python3 python3-venv"
[ "$broker" = no ] || packages="$packages mosquitto mosquitto-clients openssl"
run apt-get update
# shellcheck disable=SC2086  # a list
run env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages

[ -e "$root/opt/feverhub/venv/bin/python" ] || run python3 -m venv "$root/opt/feverhub/venv"
run "$root/opt/feverhub/venv/bin/python" -m pip install --upgrade "$checkout"
[ ! -e "$checkout/README.md" ] || put 644 "$checkout/README.md" "$root/opt/feverhub/README.md"

run install -d -m 755 "$etc"
run install -d -m 700 "$etc/credentials"
keep 644 "$here/feverhub.toml" "$etc/feverhub.toml"

if [ "$broker" = yes ]; then
    run install -d -m 750 "$mosquitto/feverhub"
    put 644 "$here/mosquitto/feverhub.conf" "$mosquitto/conf.d/feverhub.conf"
    put 644 "$here/systemd/mosquitto.service.d/feverhub.conf" "$units/system/mosquitto.service.d/feverhub.conf"
    keep 600 "$here/mosquitto/acl" "$mosquitto/feverhub/acl"
    if [ -e "$etc/credentials/mqtt_password" ] && [ -e "$mosquitto/feverhub/passwords" ]; then
        echo "the hub's password at the broker is kept as it is"
    else
        run hub_password
    fi
    if [ -e "$mosquitto/feverhub/server.crt" ]; then
        echo "the broker's certificate is kept as it is"
    else
        name=$(hostname)
        # shellcheck disable=SC2046  # a list of addresses
        run sh "$here/mosquitto/make-certificates.sh" "$mosquitto/feverhub" "$name.local" "$name" $(hostname -I)
    fi
    # The broker gives up root before it reads these; the authority's own key is not its business.
    for file in "" /acl /passwords /server.key /server.crt /ca.crt; do
        run chown mosquitto: "$mosquitto/feverhub$file"
    done
fi

put 644 "$here/systemd/feverhub.service" "$units/system/feverhub.service"
put 644 "$here/systemd/feverhub-sounder.service" "$units/system/feverhub-sounder.service"
put 644 "$here/systemd/feverhub-bluetooth.path" "$units/system/feverhub-bluetooth.path"
put 644 "$here/systemd/feverhub-bluetooth.service" "$units/system/feverhub-bluetooth.service"
put 644 "$here/systemd/bluetooth.service.d/feverhub.conf" "$units/system/bluetooth.service.d/feverhub.conf"
put 644 "$here/systemd/system.conf.d/feverhub.conf" "$units/system.conf.d/feverhub.conf"
run systemctl daemon-reload
[ "$broker" = no ] || run systemctl restart mosquitto
run systemctl enable bluetooth feverhub
run systemctl enable --now feverhub-bluetooth.path
run systemctl try-restart feverhub

cat <<END

Installed. What is left to do (each step is in deploy/README.md):
  1. sudo nano $etc/feverhub.toml
  2. the phones' addresses into $etc/credentials, and for each caregiver whether pushes may say name and value (share_details)
  3. sudo /opt/feverhub/venv/bin/feverhub config check --config $etc/feverhub.toml
  4. sudo systemctl restart feverhub, and a test alarm
END
