#!/usr/bin/env bash
# Owns the building of the image (target `prebuilt`: of a binary that is there) and the folder in which its containers live, then runs a
# command in a network of its own, so that the machine's is not touched: AICHAT_IMAGE names the image, PODMAN how to call podman.
#
#   run.sh BINARY FOLDER COMMAND...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
binary=$(realpath "$1") folder=$2
shift 2
export CONTAINERS_CONF="$here/containers.conf"
stores=(--root "$folder/storage" --runroot "$folder/run" --storage-driver overlay)
mkdir -p "$folder"/{binary,app,dist}
"$here/base.sh" "$folder/base" "$binary"
install -m 755 "$binary" "$folder/binary/aichat"
if [[ -d $repository/client/mobile-app/dist ]]; then cp -r "$repository/client/mobile-app/dist/." "$folder/dist"; else echo '<!doctype html><title>app</title>' >"$folder/dist/index.html"; fi
printf 'FROM scratch\nCOPY . /\n' >"$folder/base.Dockerfile"
buildah "${stores[@]}" build --isolation chroot --quiet --tag localhost/base:nonroot --file "$folder/base.Dockerfile" "$folder/base" >/dev/null
build=(buildah "${stores[@]}" build --isolation chroot --pull-never --quiet --file "$repository/infra/image/Dockerfile" --ignorefile "$repository/.dockerignore"
    --target prebuilt --build-arg BASE=localhost/base:nonroot --build-context "binary=$folder/binary" --build-context "dist=$folder/dist")
"${build[@]}" --tag localhost/aichat:test "$repository" >/dev/null
"${build[@]}" --build-arg TARGET=chat --tag localhost/chat:test "$repository" >/dev/null
export AICHAT_IMAGE=localhost/aichat:test AICHAT_IMAGE_CHAT=localhost/chat:test
export PODMAN="podman ${stores[*]}"
# Networks and mounts of containers end with this namespace.
exec unshare --net --mount --propagation private sh -c 'ip link set lo up && exec "$@"' sh "$@"
