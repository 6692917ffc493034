# One image for the web server, the worker and beat; docs/production.md says how it is run.
# Debian, not Alpine: some of the wheels exist for glibc only.

FROM python:3.11.14-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements/s3.txt /tmp/s3.txt
RUN pip install --require-hashes --only-binary=:all: -r /tmp/s3.txt
WORKDIR /app
COPY . .
# Settings insist on addresses; these are not used to build, and none of them stays in the image.
RUN export DJANGO_SETTINGS_MODULE=config.settings STATIC_ROOT=/app/collected BASE_URL=https://build.invalid \
        SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
        DATABASE_URL=postgres://build@build.invalid/build BROKER_URL=redis://build.invalid/0 \
    && python config/translations.py \
    && python -m django collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app /venv/lib

FROM python:3.11.14-slim-trixie
# What listens to audio, encodes it and writes the tags of M4A files.
RUN apt-get update && apt-get install --yes --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin fortnight
COPY --from=build /venv /venv
COPY --from=build --chown=10001:10001 /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings DATA_DIR=/data STATIC_ROOT=/app/collected
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000", "config.wsgi:application"]
