#!/usr/bin/env bash
# Runs a command in another Debian's tree, with this machine's network, certificates and settings of pip. As root or with sudo.
#   tools/in_chroot.sh TREE FOLDER COMMAND...   FOLDER is /house in there; an empty one: none
# What is mounted is seen by this command alone and gone with it; the command keeps the id of this process.
set -euo pipefail

if [ "$(id -u)" != 0 ]; then exec sudo --preserve-env "$0" "$@"; fi
# shellcheck disable=SC2016 # the inner shell's own parameters
exec unshare --mount bash -euo pipefail -c '
    tree=$1 folder=$2
    shift 2
    mount --make-rprivate /
    mount -t proc proc "$tree/proc"
    mount --rbind /dev "$tree/dev"
    for shared in /etc/resolv.conf /etc/hosts /etc/ssl /etc/pip.conf /etc/xdg; do
        [ -e "$shared" ] || continue
        if [ -d "$shared" ]; then mkdir -p "$tree$shared"; else touch "$tree$shared"; fi
        mount --bind "$shared" "$tree$shared"
    done
    if [ -n "$folder" ]; then
        mkdir -p "$tree/house"
        mount --bind "$folder" "$tree/house"
    fi
    exec chroot "$tree" "$@"' in_chroot "$@"
