# mailhook as a service in a container. Nothing secret goes into a layer: configuration, state and passwords are mounted (compose.yaml).
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements-run.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/mailhook \
    && /opt/mailhook/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock \
    && /opt/mailhook/bin/pip install --no-cache-dir "setuptools>=77"
COPY mailhook mailhook
COPY connectors connectors
COPY templates templates
RUN /opt/mailhook/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/mailhook/bin/pip uninstall --yes setuptools

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 mailhook
COPY --from=build /opt/mailhook /opt/mailhook
ENV PATH=/opt/mailhook/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MAILHOOK_CONFIG=/config/config.toml \
    MAILHOOK_STATE=/state \
    XDG_CACHE_HOME=/state/cache
USER 10001
VOLUME ["/state"]
HEALTHCHECK --interval=5m --timeout=30s --start-period=2m CMD ["mailhook", "status"]
ENTRYPOINT ["mailhook"]
CMD ["watch"]
