#!/bin/sh
# The shell of cron in the container. Jobs print into a pipe that the container's first process reads.
exec /bin/sh "$@" >>"${PERFKIT_LOG:-/run/perfkit.log}" 2>&1
