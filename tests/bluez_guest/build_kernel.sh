#!/bin/sh
# Builds the guest's kernel from Debian's source: User-Mode Linux with Bluetooth, which Debian's own package lacks.
# Needs Debian 12's apt, and: flex bison bc libelf-dev libssl-dev gcc make xz-utils. 4 minutes on two quick cores, 2 GB of disk.
set -eu
out=$1 # where the kernel goes
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download linux-source-6.1
dpkg -x linux-source-6.1_*.deb package
mkdir source
tar -xf package/usr/src/linux-source-6.1.tar.xz -C source --strip-components=1
cd source
make ARCH=um defconfig
./scripts/kconfig/merge_config.sh -m .config "$here/kernel.config"
make ARCH=um olddefconfig
make ARCH=um -j"$(nproc)" linux
strip -s linux
mv linux "$out"
