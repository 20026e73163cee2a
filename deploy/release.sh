#!/bin/sh
# The releases of the hub on this computer. The service runs what `current` leads to; a new release takes its place only
# if its self-test passes, and goes again by itself if the hub does not watch within a minute.
#
#   release.sh add VERSION     what lies in the tree `package` becomes a release (links of its files; nothing is copied)
#   release.sh take VERSION    self-test, switch, and the trial; exit 1: the release before goes on
#   release.sh watch           the trial (feverhub-trial.service; after a power cut in its midst systemd begins it again)
#   release.sh back            the release before, by hand
#   release.sh list            which there are
set -eu

tree=${FEVERHUB_TREE:-/opt/feverhub}
config=${FEVERHUB_CONFIG:-/etc/feverhub/feverhub.toml}
# So long a new release may need, seconds. With what the old one needs to start again it is less than 90.
longest_s=${FEVERHUB_LONGEST_S:-60}
# It watches when it has gone on for so long without a new process; a hub that is not set up yet only has to stay.
steady_s=${FEVERHUB_STEADY_S:-10}
# Far more than a Raspberry Pi needs; an emulated computer needs more.
self_test_s=${FEVERHUB_SELF_TEST_S:-300}
# A release that ends at once is not waited for: after so many processes of it.
starts=4

say() {
    echo "release.sh: $1" >&2
}

# What a watch asks. The boot's own clock: a Raspberry Pi sets the other one meanwhile.
now_s() {
    cut -d . -f 1 /proc/uptime
}
live() {
    [ -d "${FEVERHUB_SYSTEMD:-/run/systemd/system}" ]
}
of_unit() {
    systemctl show --property "$1" --value "$unit"
}

release() {
    readlink "$tree/$1" | sed 's,.*/,,'
}

# What is renamed into place is there before and after a power cut, and what it leads to is on the disk.
point() {
    ln -sfn "releases/$2" "$tree/$1.new"
    sync -f "$tree"
    mv -T "$tree/$1.new" "$tree/$1"
    sync -f "$tree"
}

add() {
    [ -e "$tree/package/bin/feverhub" ] || { say "there is nothing in $tree/package" && exit 1; }
    mkdir -p "$tree/releases"
    rm -rf "$tree/releases/$1.new"
    cp -al "$tree/package" "$tree/releases/$1.new"
    # One of that name is there when the same version is installed again; it may be the one that runs.
    if [ -e "$tree/releases/$1" ]; then
        if [ "$(release current || true)" = "$1" ]; then
            rm -rf "$tree/releases/$1.old"
            cp -al "$tree/releases/$1" "$tree/releases/$1.old"
            point current "$1.old"
        fi
        rm -rf "${tree:?}/releases/$1"
    fi
    mv -T "$tree/releases/$1.new" "$tree/releases/$1"
    sync -f "$tree"
}

self_test() {
    watched=
    [ "$was" != active ] || watched="--config $config"
    # shellcheck disable=SC2086  # two words or none
    timeout "$self_test_s" "$tree/releases/$1/bin/feverhub" self-test $watched >&2
}

take() {
    [ -e "$tree/releases/$1/bin/feverhub" ] || { say "there is no release $1 in $tree" && exit 1; }
    was=
    if live; then was=$(of_unit ActiveState); fi
    old=$(release current || true)
    if ! self_test "$1"; then
        refuse "$1" "its self-test failed"
        exit 1
    fi
    rm -f "$tree/releases/$1/refused"
    [ -z "$old" ] || [ "$old" = "$1" ] || point previous "$old"
    if ! live; then
        point current "$1"
        return
    fi
    # Without one that ran before there is none to go back to.
    if [ -n "$old" ] && [ "$old" != "$1" ]; then
        printf '%s\n' "$1" "$old" "${was:-inactive}" "$(of_unit MainPID)" >"$tree/trial.new"
        sync -f "$tree"
        mv "$tree/trial.new" "$tree/trial"
    fi
    point current "$1"
    systemctl restart --no-block "$unit"
    [ ! -e "$tree/trial" ] || systemctl start feverhub-trial.service
    [ "$(release current)" = "$1" ]
}

# Waits for the unit to be as it was ($1), with a process that is not $2 and stays. Each look has one time, taken before it:
# on a slow computer a look takes seconds, in which nothing was seen to be steady.
comes_up() {
    begun=$(now_s)
    seen=$2
    count=0
    since=$begun
    while now=$(now_s) && [ "$((now - begun))" -lt "$longest_s" ]; do
        pid=$(of_unit MainPID)
        state=$(of_unit ActiveState)
        if [ "$pid" != "$seen" ] && [ "$pid" != 0 ]; then
            seen=$pid
            count=$((count + 1))
            [ "$count" -lt "$starts" ] || return 1
        fi
        case $1-$state in
        active-active | activating-activating | activating-active) ;;
        *) since=$now ;;
        esac
        if [ "$pid" = "$2" ] || [ "$pid" = 0 ] || [ "$count" = 0 ] || [ "$pid" != "${held:-}" ]; then since=$now; fi
        held=$pid
        [ "$((now - since))" -lt "$steady_s" ] || return 0
        sleep 1
    done
    return 1
}

watch() {
    [ -e "$tree/trial" ] || exit 0
    { read -r new && read -r old && read -r was && read -r pid; } <"$tree/trial" || new=
    if [ -z "$new" ] || [ "$(release current)" != "$new" ]; then
        rm -f "$tree/trial"
        exit 0
    fi
    case $was in active | activating) ;; *) was=activating ;; esac
    if comes_up "$was" "$pid"; then
        rm -f "$tree/trial"
        say "release $new runs"
        tidy
        exit 0
    fi
    refuse "$new" "the hub did not watch within $longest_s s of its start"
    point current "$old"
    rm -f "$tree/trial"
    systemctl restart --no-block "$unit"
    say "release $old runs again"
}

refuse() {
    say "release $1 is not taken: $2"
    printf '%s\n' "$2" >"$tree/releases/$1/refused"
}

# Only what runs and the one before are kept.
tidy() {
    for folder in "$tree"/releases/*; do
        case $(basename "$folder") in
        "$(release current)" | "$(release previous || true)") ;;
        *) rm -rf "$folder" ;;
        esac
    done
}

back() {
    old=$(release previous) || { say "there is no release before this one" && exit 1; }
    rm -f "$tree/trial"
    point previous "$(release current)"
    point current "$old"
    if live; then systemctl restart --no-block "$unit"; fi
    say "release $old runs"
}

list() {
    for folder in "$tree"/releases/*; do
        name=$(basename "$folder")
        note=
        [ "$name" != "$(release current)" ] || note=" runs"
        [ ! -e "$tree/trial" ] || [ "$(head -n 1 "$tree/trial")" != "$name" ] || note=", on trial"
        [ ! -e "$folder/refused" ] || note=" not taken: $(cat "$folder/refused")"
        echo "$name$note"
    done
}

unit=feverhub.service
if live && systemctl is-enabled --quiet feverhub-sounder.service; then unit=feverhub-sounder.service; fi

case ${1:-} in
add | take) "$1" "${2:?which version?}" ;;
watch | back | list) "$1" ;;
*)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
