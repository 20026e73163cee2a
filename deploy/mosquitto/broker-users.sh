#!/bin/sh
# Puts the broker's users together: those of /etc/mosquitto/feverhub, written by hand, which win, and those that the hub
# has made. mosquitto.service runs it before it starts and before it reads its files again (mosquitto.service.d).
#
#   broker-users.sh [BY_HAND MADE OUT]     folder, file, folder
#
# The hub says in MADE who is there, a line each: NAME:ROLE:HASH. What a role may do stands here, so that a hub that was
# taken over can give itself no other topic. A line that is none is left out. Nothing is put in place but whole.
set -eu
umask 077
LC_ALL=C
export LC_ALL

mine=$# # on the hub itself, without arguments, the files become mosquitto's
by_hand=${1:-/etc/mosquitto/feverhub}
made=${2:-/var/lib/feverhub/broker/users}
out=${3:-/var/lib/mosquitto/feverhub}

mkdir -p "$out"
work=$(mktemp -d "$out/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
awk 1 "$by_hand/passwords" >"$work/passwords" # also a last line without its end

# A name that has its password by hand is not the hub's.
: >"$work/made"
if [ -f "$made" ]; then
    # shellcheck disable=SC2016  # the dollars are the own ones of the format
    head -c 65536 "$made" |
        grep -E '^[a-z0-9_-]{1,32}:(caregiver|viewer|house):\$7\$[0-9]{1,7}\$[A-Za-z0-9+/=]{16,32}\$[A-Za-z0-9+/=]{88}$' |
        awk -F: 'FILENAME == ARGV[1] { hand[$1]; next } !($1 in hand) && !($1 in seen) && !/^(hub|homeassistant):/ { seen[$1]; print }' \
            "$by_hand/passwords" - >"$work/made" || true
fi
sed -E 's/^([^:]*):[^:]*:/\1:/' "$work/made" >>"$work/passwords"

# The blocks by hand but those of the hub's users, then one for each of these.
awk -F: '
    FILENAME == ARGV[1] { made[$1]; next }
    /^user / { skip = (substr($0, 6) in made) }
    /^pattern / { skip = 0 }
    !skip
' "$work/made" "$by_hand/acl" >"$work/acl"
while IFS=: read -r name role _; do
    printf '\nuser %s\n' "$name"
    case $role in
    caregiver) deny='' topics='status health on_watch pauses caregivers drill bedtime event alarm/# +/event +/illness +/care +/alarm/# +/temperature/# +/motion/#' ;;
    viewer) deny=yes topics='status health on_watch pauses caregivers drill bedtime event alarm/# +/event +/illness +/care +/alarm/# +/temperature/# +/motion/#' ;;
    house) deny='' topics='status alarm/# +/alarm/#' ;;
    esac
    [ -z "$deny" ] || echo 'topic deny feverhub/+/cmd/#'
    for topic in $topics; do
        echo "topic read feverhub/+/$topic"
    done
done <"$work/made" >>"$work/acl"

for file in acl passwords; do
    sync "$work/$file"
    [ "$mine" != 0 ] || chown mosquitto: "$out" "$work/$file"
    mv "$work/$file" "$out/$file"
done
