# The guest's first process: what a radio needs, then python3 with the arguments the host left; its code goes back.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
export PYTHONPATH=/opt/site:/code PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /var/lib/bluetooth
mkdir -p /run/dbus /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
dbus-uuidgen --ensure
cd /code || exit 1
: > /out/begun
set --
while IFS= read -r line || [ -n "$line" ]; do set -- "$@" "$line"; done < /out/arguments
python3 "$@"
echo $? > /out/code
sync
echo o > /proc/sysrq-trigger
sleep 10
