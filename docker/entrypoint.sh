#!/bin/sh
# Without words: runs the schedule of the workspace by cron. With words: `perfkit WORDS...`.
# Both run as the owner of the workspace, so what they write belongs to whom the logs belong.
set -eu

root=${PERFKIT_ROOT:-/workspace}
log=${PERFKIT_LOG:-/run/perfkit.log}
uid=$(stat -c %u "$root")
gid=$(stat -c %g "$root")

if [ $# -gt 0 ]; then
    cd "$root"
    HOME=/var/lib/perfkit exec setpriv --reuid="$uid" --regid="$gid" --clear-groups perfkit "$@"
fi

if [ ! -f "$root/config/perfkit.yaml" ]; then
    echo "no workspace is mounted at $root; make one: docker compose run --rm perfkit init $root" >&2
    exit 3
fi

groupmod --non-unique --gid "$gid" perfkit
usermod --non-unique --uid "$uid" --gid "$gid" perfkit
rm -f "$log"
mkfifo "$log"
chown "$uid:$gid" "$log"
chmod 600 "$log"

# perfkit-job is the shell of all lines: it hands what they print to the log of the container.
schedule=$(setpriv --reuid="$uid" --regid="$gid" --clear-groups perfkit schedule --cron --root "$root")
printf 'SHELL=/usr/local/bin/perfkit-job\nMAILTO=""\n%s\n' "$schedule" | crontab -u perfkit -
printf '%s\n' "$schedule"

cat <>"$log" &
reader=$!
cron -f &
daemon=$!
trap 'kill "$daemon" "$reader"; exit 0' INT TERM
code=0
wait "$daemon" || code=$?
kill "$reader"
echo "cron ended with exit code $code" >&2
exit 3
