# docker build -t patron . && docker run -p 8000:8000 -v patron:/data patron
# Configured by the same PATRON_… variables as everywhere: see docs/configuration.md.

FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/patron \
    && /opt/patron/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /opt/patron/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home patron
COPY --from=build /opt/patron /opt/patron
ENV PATH=/opt/patron/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PATRON_HOST=0.0.0.0 \
    PATRON_PORT=8000 \
    PATRON_DATABASE_URL=sqlite:////data/patron.db
USER patron
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PATRON_PORT\"]}/readyz', timeout=2)"]
CMD ["patron", "serve"]
