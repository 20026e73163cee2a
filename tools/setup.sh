#!/usr/bin/env bash
# Sets up what the Makefile's targets need, on 64-bit Debian or Raspberry Pi OS.
#   tools/setup.sh python PYTHON VENV   a virtual environment with feverhub and its tools
#   tools/setup.sh servers              brokers, databases and a browser for the tests, from apt (root or sudo)
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

case "${1:-}" in
    python) python_env "$2" "$3" ;;
    servers) apt_install mosquitto mosquitto-clients rabbitmq-server victoria-metrics alsa-utils dbus openssl util-linux systemd shellcheck chromium chromium-driver ;;
    machine) apt_install qemu-system-x86 mmdebstrap busybox-static e2fsprogs kmod dbus ;;
    *) fail "usage: tools/setup.sh python PYTHON VENV | servers | machine" ;;
esac
