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
#   install.sh --package                what Debian's package has put on the disk is set up (its postinst)
set -eu
# Whoever runs this may keep his files to himself; the service runs as a user of its own and must read these.
umask 022

dry=no
broker=yes
package=no
root=
python=/usr/bin/python3
readers=feverhub-users
while [ "$#" -gt 0 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --no-broker) broker=no ;;
    --package) package=yes ;;
    --root)
        root=${2:?--root needs a folder}
        shift
        ;;
    --python)
        python=${2:?--python needs a file}
        shift
        ;;
    -h | --help)
        sed -n '2,12s/^# \{0,1\}//p' "$0"
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

# What asks a running systemd; while an image or a chroot is filled there is none.
live() {
    if [ "$dry" = yes ] || [ -d /run/systemd/system ]; then host "$@"; fi
}

# at_least FOUND WANTED: whether a version is so new.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
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
# Debian 12 has 6.1: what is older was never tried.
[ -n "$root" ] || at_least "$(uname -r)" 6.1 || fail "the kernel is $(uname -r), and this needs 6.1 or later: update the system" 4

opt=$root/opt/feverhub
if [ "$package" = no ]; then
    packages="bluez alsa-utils python3 python3-venv"
    [ "$broker" = no ] || packages="$packages mosquitto mosquitto-clients openssl"
    host apt-get update
    # shellcheck disable=SC2086  # a list
    host env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
    if [ -e "$python" ] || [ "$dry" = no ]; then
        for_all "$python" || fail "the service may not run $python: take one that every user may, such as /usr/bin/python3" 1
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
            fail "$python is too old: this needs Python 3.11 or later" 1
    fi
    # The same tree as in Debian's package, made anew. What runs now are links of the files of the one before.
    [ ! -e "$opt/package" ] || run rm -r "$opt/package"
    run "$python" -m venv "$opt/package"
    run "$opt/package/bin/python" -m pip install --require-hashes --requirement "$here/package/requirements.txt"
    run "$opt/package/bin/python" -m pip install --no-deps "$checkout"
    put 755 "$here/package/feverhub" "$opt/package/bin/feverhub"
    for site in "$opt"/package/lib/python3*/site-packages; do
        put 644 "$here/package/local.pth" "$site/feverhub_local.pth"
    done
    run chmod -R u=rwX,go=rX "$opt"
    put 755 "$here/release.sh" "$opt/deploy/release.sh"
    [ ! -e "$checkout/README.md" ] || put 644 "$checkout/README.md" "$opt/README.md"
    run install -d -m 755 "$root/usr/local/bin"
    run ln -sfn /opt/feverhub/current/bin/feverhub "$root/usr/local/bin/feverhub"
fi
[ -n "$root" ] || [ "$dry" = yes ] || {
    found=$(dpkg-query -W -f '${Version}' bluez)
    at_least "$found" 5.63 || fail "BlueZ is $found, and this needs 5.63 or later: update the system" 4
}
# A Raspberry Pi has no clock of its own. What is signed before it is set would not be valid yet for anybody, or no more.
if [ "$dry" = no ] && [ "$(date +%s)" -lt "$(stat -c %Y "$0")" ]; then
    echo "install.sh: the clock says $(date); it is waited for, a minute at most" >&2
    for _ in $(seq 30); do
        [ "$(date +%s)" -lt "$(stat -c %Y "$0")" ] || break
        sleep 2
    done
fi
run install -d -m 755 "$opt/local"

run install -d -m 755 "$etc"
[ -e "$etc/credentials" ] || run install -d -m 700 "$etc/credentials"
keep 644 "$here/hub.toml" "$etc/feverhub.toml"
put 644 "$here/feverhub.toml" "$etc/feverhub.example.toml"

if [ "$broker" = yes ]; then
    run install -d -m 750 "$mosquitto/feverhub"
    put 644 "$here/mosquitto/feverhub.conf" "$mosquitto/conf.d/feverhub.conf"
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
    put 755 "$here/mosquitto/broker-users.sh" "$root/usr/local/lib/feverhub/broker-users.sh"
    run install -d -m 755 "$root/var/lib"
    run sh "$here/mosquitto/broker-users.sh" "$mosquitto/feverhub" "$root/var/lib/feverhub/broker/users" "$root/var/lib/mosquitto/feverhub"
    # The broker gives up root before it reads these; the authority's own key is not its business.
    for file in "" /acl /passwords /server.key /server.crt /ca.crt; do
        host chown mosquitto: "$mosquitto/feverhub$file"
    done
    host chown -R mosquitto: /var/lib/mosquitto/feverhub
fi

# The service's own user. systemd would make one up (DynamicUser=), which D-Bus turns away since it cannot look it up
# (systemd #22737): no sensor would be heard. Of a hub that runs as such a one there is none yet.
SYSTEMD_NSS_DYNAMIC_BYPASS=1
export SYSTEMD_NSS_DYNAMIC_BYPASS
getent passwd feverhub >/dev/null ||
    host useradd --system --user-group --home-dir /nonexistent --shell /usr/sbin/nologin feverhub

# Who may ask the hub and answer without sudo: this password opens the hub's own door at the broker, nothing else does.
getent group "$readers" >/dev/null || host groupadd --system "$readers"
[ -z "${SUDO_USER:-}" ] || host usermod -aG "$readers" "$SUDO_USER"
host chgrp "$readers" "$etc/credentials"
host chmod 750 "$etc/credentials"
if [ "$broker" = yes ] || [ -e "$etc/credentials/mqtt_password" ]; then
    host chgrp "$readers" "$etc/credentials/mqtt_password"
    host chmod 640 "$etc/credentials/mqtt_password"
fi

# The package brings its own units: a copy from a checkout would stand before them. FILE TARGET.
place_unit() {
    case $package in
    no) put 644 "$here/systemd/$1" "$units/$2" ;;
    yes) [ ! -e "$units/$2" ] || run rm "$units/$2" ;;
    esac
}
for unit in feverhub.service feverhub-trial.service feverhub-sounder.service feverhub-bluetooth.path \
    feverhub-bluetooth.service bluetooth.service.d/feverhub.conf; do
    place_unit "$unit" "system/$unit"
done
if [ "$broker" = yes ]; then
    for unit in mosquitto.service.d/feverhub.conf feverhub-broker.path feverhub-broker.service; do
        place_unit "$unit" "system/$unit"
    done
fi
place_unit system.conf.d/feverhub.conf system.conf.d/feverhub.conf
if [ "$package" = yes ] && [ -L /usr/local/bin/feverhub ]; then run rm /usr/local/bin/feverhub; fi
# The code of the first run above the log-in of a screen at the hub; nothing stands there at other times.
run install -d -m 755 "$root/etc/issue.d"
run ln -sfn /run/feverhub/first-run.issue "$root/etc/issue.d/feverhub.issue"
live systemctl daemon-reload
[ "$broker" = no ] || live systemctl restart mosquitto
host systemctl enable bluetooth feverhub-trial feverhub-bluetooth.path
[ "$broker" = no ] || host systemctl enable feverhub-broker.path
# A computer that is only a second sounder runs no hub.
if [ "$dry" = yes ] || [ -n "$root" ] || ! systemctl is-enabled --quiet feverhub-sounder; then
    host systemctl enable feverhub
fi
live systemctl start feverhub-bluetooth.path
[ "$broker" = no ] || live systemctl start feverhub-broker.path

# From here on it is the release that decides: one that does not come to watching leaves the old one where it was.
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$opt"/package/lib/python3*/site-packages/edge/__init__.py 2>/dev/null || true)
[ -z "$root" ] || export FEVERHUB_TREE="$opt"
run sh "$here/release.sh" add "${version:-new}"
run sh "$here/release.sh" take "${version:-new}" || {
    echo "install.sh: the release that was here before goes on" >&2
    taken=no
}
[ "${taken:-yes}" = yes ] || exit 1
[ -z "$root" ] || {
    echo "The files are under $root; run deploy/install.sh on the hub itself for packages, services and owners."
    exit 0
}
# Where releases lay before there were several.
[ ! -e "$opt/venv" ] || run rm -r "$opt/venv"

cat <<END

Installed. Now set the hub up with a phone that is in the same network: read the code below with its camera.
It is also on a screen at the hub, and \`sudo feverhub web setup\` prints a new one. By hand instead: deploy/README.md.
\`feverhub status\` and the answers work without sudo for members of $readers; log in again first.
END
live "$opt/current/bin/feverhub" web setup --config "$etc/feverhub.toml" --wait 60 || true
