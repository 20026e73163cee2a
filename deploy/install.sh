#!/bin/sh
# Installs or updates a feverhub on 64-bit Raspberry Pi OS or Debian 12 and later, from a checkout. Can be run again at
# any time: what the family has set (configuration, passwords, access list, certificates) is never written over.
#
#   sudo deploy/install.sh              do it
#   deploy/install.sh --dry-run         print what would be done, change nothing
#   sudo deploy/install.sh --no-broker  the broker runs elsewhere
#   sudo deploy/install.sh --root DIR   put all files under DIR (to look at them, or for an image): no packages, no
#                                       services, no owners, and the broker's certificate for feverhub.local
#   sudo deploy/install.sh --python FILE   build on another Python than /usr/bin/python3
set -eu
# Whoever runs this may keep his files to himself; the service runs as a user of its own and must read these.
umask 022

dry=no
broker=yes
root=
python=/usr/bin/python3
readers=feverhub-users
while [ "$#" -gt 0 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --no-broker) broker=no ;;
    --root)
        root=${2:?--root needs a folder}
        shift
        ;;
    --python)
        python=${2:?--python needs a file}
        shift
        ;;
    -h | --help)
        sed -n '2,11s/^# \{0,1\}//p' "$0"
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

# What changes the computer itself, beyond files under DIR.
host() {
    [ -n "$root" ] || run "$@"
}

# Whether the service may run this program: every user may, through all folders above it, and it is in no home (the unit
# has ProtectHome).
for_all() {
    path=$(readlink -f "$1") || return 1
    case $path in /home/* | /root/*) return 1 ;; esac
    while [ "$path" != / ]; do
        case $(stat -c %A "$path") in
        *[xt]) ;;
        *) return 1 ;;
        esac
        path=$(dirname "$path")
    done
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
hub_password() (
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
)

[ "$(getconf LONG_BIT)" = 64 ] || fail "this needs a 64-bit system; on a Raspberry Pi take the 64-bit Raspberry Pi OS" 4
[ "$dry" = yes ] || [ "$(id -u)" = 0 ] || fail "run it with sudo" 1

packages="bluez alsa-utils python3 python3-venv"
[ "$broker" = no ] || packages="$packages mosquitto mosquitto-clients openssl"
host apt-get update
# shellcheck disable=SC2086  # a list
host env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages

venv=$root/opt/feverhub/venv
if [ -e "$python" ] || [ "$dry" = no ]; then
    for_all "$python" || fail "the service may not run $python: take one that every user may, such as /usr/bin/python3" 1
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$python is too old: this needs Python 3.11 or later" 1
fi
if [ -e "$venv/bin/python" ] && ! for_all "$venv/bin/python"; then
    echo "$venv is built on a Python that the service may not run, so it is made anew"
    run rm -r "$venv"
fi
[ -e "$venv/bin/python" ] || run "$python" -m venv "$venv"
# demo and plot: what `feverhub --help` shows works on a hub.
run "$venv/bin/python" -m pip install --upgrade "${checkout}[demo,export,plot]"
run chmod -R u=rwX,go=rX "$root/opt/feverhub" # an older run may have left it closed
run install -d -m 755 "$root/usr/local/bin"
run ln -sfn /opt/feverhub/venv/bin/feverhub "$root/usr/local/bin/feverhub"
[ ! -e "$checkout/README.md" ] || put 644 "$checkout/README.md" "$root/opt/feverhub/README.md"

run install -d -m 755 "$etc"
[ -e "$etc/credentials" ] || run install -d -m 700 "$etc/credentials"
keep 644 "$here/hub.toml" "$etc/feverhub.toml"
put 644 "$here/feverhub.toml" "$etc/feverhub.example.toml"

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
        names="feverhub.local feverhub"
        [ -n "$root" ] || names="$(hostname).local $(hostname) $(hostname -I)"
        # shellcheck disable=SC2086  # a list of names and addresses
        run sh "$here/mosquitto/make-certificates.sh" "$mosquitto/feverhub" $names
    fi
    # The broker gives up root before it reads these; the authority's own key is not its business.
    for file in "" /acl /passwords /server.key /server.crt /ca.crt; do
        host chown mosquitto: "$mosquitto/feverhub$file"
    done
fi

# Who may ask the hub and answer without sudo: this password opens the hub's own door at the broker, nothing else does.
getent group "$readers" >/dev/null || host groupadd --system "$readers"
[ -z "${SUDO_USER:-}" ] || host usermod -aG "$readers" "$SUDO_USER"
host chgrp "$readers" "$etc/credentials"
host chmod 750 "$etc/credentials"
if [ "$broker" = yes ] || [ -e "$etc/credentials/mqtt_password" ]; then
    host chgrp "$readers" "$etc/credentials/mqtt_password"
    host chmod 640 "$etc/credentials/mqtt_password"
fi

put 644 "$here/systemd/feverhub.service" "$units/system/feverhub.service"
put 644 "$here/systemd/feverhub-sounder.service" "$units/system/feverhub-sounder.service"
put 644 "$here/systemd/feverhub-bluetooth.path" "$units/system/feverhub-bluetooth.path"
put 644 "$here/systemd/feverhub-bluetooth.service" "$units/system/feverhub-bluetooth.service"
put 644 "$here/systemd/bluetooth.service.d/feverhub.conf" "$units/system/bluetooth.service.d/feverhub.conf"
put 644 "$here/systemd/system.conf.d/feverhub.conf" "$units/system.conf.d/feverhub.conf"
# The code of the first run above the log-in of a screen at the hub; nothing stands there at other times.
run install -d -m 755 "$root/etc/issue.d"
run ln -sfn /run/feverhub/first-run.issue "$root/etc/issue.d/feverhub.issue"
host systemctl daemon-reload
[ "$broker" = no ] || host systemctl restart mosquitto
host systemctl enable bluetooth feverhub
host systemctl enable --now feverhub-bluetooth.path
# Not waited for: until the hub is set up, it goes on starting. A computer that is only a second sounder runs no hub.
if [ "$dry" = no ] && [ -z "$root" ] && systemctl is-enabled --quiet feverhub-sounder; then
    systemctl try-restart --no-block feverhub
else
    host systemctl restart --no-block feverhub
fi

if [ -n "$root" ]; then
    echo "The files are under $root; run deploy/install.sh on the hub itself for packages, services and owners."
    exit 0
fi

cat <<END

Installed. Now set the hub up with a phone that is in the same network: read the code below with its camera.
It is also on a screen at the hub, and \`sudo feverhub web setup\` prints a new one. By hand instead: deploy/README.md.
\`feverhub status\` and the answers work without sudo for members of $readers; log in again first.
END
[ "$dry" = yes ] || "$venv/bin/feverhub" web setup --config "$etc/feverhub.toml" --wait 60 || true
