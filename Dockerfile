# perfkit with cron, for a workspace that is mounted at /workspace: see docs/operations.md.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv
RUN python3 -m venv /opt/perfkit && /opt/perfkit/bin/pip install --no-cache-dir "pip>=25.2"
COPY . /src
RUN /opt/perfkit/bin/pip install --no-cache-dir --constraint /src/constraints.txt "/src[reports]"

FROM ${BASE}
RUN apt-get update && apt-get install --yes --no-install-recommends cron python3 tzdata && rm -rf /var/lib/apt/lists/*
# Containers have no login sessions, for which cron would otherwise wait in vain.
RUN sed -i /pam_loginuid/d /etc/pam.d/cron && useradd --create-home --home-dir /var/lib/perfkit perfkit && mkdir -p /workspace
COPY --from=build /opt/perfkit /opt/perfkit
COPY docker/entrypoint.sh /usr/local/bin/perfkit-container
COPY docker/job.sh /usr/local/bin/perfkit-job
ENV PATH=/opt/perfkit/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV PERFKIT_ROOT=/workspace
VOLUME /workspace
# 1 is what Docker takes for unhealthy, and what perfkit never ends with.
HEALTHCHECK --interval=1m --start-period=3m CMD [ ! -f "$PERFKIT_ROOT/config/alerts.yaml" ] || perfkit-container alerts heartbeat --max-age 5m >/dev/null || exit 1
ENTRYPOINT ["perfkit-container"]
