#!/usr/bin/env bash
# Owns a base image like distroless, out of this machine's own glibc, for tests where no registry is reached: libraries,
# certificates, a user. Writes its files to the folder $1; what the binary $2 wants is in it.
set -euo pipefail
root=$1 binary=$2
mkdir -p "$root"/{etc/ssl/certs,var/lib,tmp,usr/local/bin,proc,sys,dev,run}
libraries=$(ldd "$binary" | grep -oE '/[^ ]+')
# Names are resolved by libraries that glibc loads itself.
for library in $libraries /lib/*-linux-gnu/libnss_{dns,files}.so.2 /lib/*-linux-gnu/libresolv.so.2; do
    mkdir -p "$root$(dirname "$library")"
    cp --dereference "$library" "$root$library"
done
cp --dereference /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
echo 'nonroot:x:65532:65532::/home/nonroot:/sbin/nologin' >"$root/etc/passwd"
echo 'nonroot:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
chmod 1777 "$root/tmp"
