#!/bin/sh
# The first process of the guest: a system bus, bluetoothd and two controllers of ours are all that the tests need.
# REPO, SITE and TESTS come from the kernel's command line.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
for folder in /run /tmp /var/lib/bluetooth /dev/shm; do mkdir -p "$folder"; mount -t tmpfs tmpfs "$folder"; done
ip link set lo up
[ -e /dev/vhci ] || mknod /dev/vhci c 10 137
mkdir -p /run/dbus /tmp/repo /tmp/site
dbus-uuidgen --ensure=/run/machine-id
dbus-daemon --system --fork --nopidfile
# As systemd would, it starts bluetoothd again when it ends.
(while :; do /usr/libexec/bluetooth/bluetoothd -n; sleep 1; done) >/tmp/bluetoothd.log 2>&1 &
mount -r -t hostfs -o "$REPO" none /tmp/repo
mount -r -t hostfs -o "$SITE" none /tmp/site
cd /tmp/repo || exit
# shellcheck disable=SC2086  # several files
PYTHONPATH=/tmp/site:/tmp/repo python3 -m pytest -p no:cacheprovider --noconftest --color=no -rs $(echo "$TESTS" | tr , ' ')
status=$?
[ $status = 0 ] || tail -n 30 /tmp/bluetoothd.log
cat /tmp/figures 2>/dev/null
echo "guest: exit status $status"
echo o >/proc/sysrq-trigger
sleep 5
