# openrouter-preflight in a container: slim, with git, as a user without rights. Everything is pinned by its hash.
#
#     docker build -t openrouter-preflight .
#     docker run --rm -e OPENROUTER_API_KEY openrouter-preflight check --min-balance 5
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work:ro" openrouter-preflight scan --history

FROM python:3.13-slim-bookworm@sha256:01f42367a0a94ad4bc17111776fd66e3500c1d87c15bbd6055b7371d39c124fb AS build
COPY .ci/build.txt .ci/runtime.txt /locks/
RUN python -I -m venv /build \
 && /build/bin/python -I -m pip install --quiet --require-hashes --only-binary :all: -r /locks/build.txt \
 && python -I -m venv /opt/preflight \
 && /opt/preflight/bin/python -I -m pip install --quiet --require-hashes --only-binary :all: -r /locks/runtime.txt
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /build/bin/python -I -m hatchling build --target wheel --directory /dist \
 && /opt/preflight/bin/python -I -m pip install --quiet --no-index --no-deps /dist/*.whl \
 && /opt/preflight/bin/python -I -m pip uninstall --quiet --yes pip

FROM python:3.13-slim-bookworm@sha256:01f42367a0a94ad4bc17111776fd66e3500c1d87c15bbd6055b7371d39c124fb
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/preflight /opt/preflight
ENV HOME=/tmp
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["/opt/preflight/bin/python", "-I", "-m", "openrouter_preflight"]
CMD ["--help"]
