# One image for every service that runs our code: Airflow with the DAG, and the command line `hailong`.
#
#   docker build --tag hailong .
#   docker run --rm hailong hailong --help
#
# A base image of your own, with Python 3.11 to 3.14, or one pinned by its digest: --build-arg BASE_IMAGE=… (in .env:
# BASE_IMAGE). No health check here: what healthy means is the service's to say, see docker-compose.yml.
ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/hailong
# nothing is built from a source archive, and nothing is looked for beyond the lock: what runs is what was hashed
COPY requirements/prod.txt requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/hailong/bin/pip install --no-deps --require-hashes --only-binary :all: --requirement requirements/prod.txt
COPY requirements/build.txt requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --root-user-action ignore --require-hashes --only-binary :all: --requirement requirements/build.txt
COPY pyproject.toml README.md ./
COPY etl etl
COPY sql sql
COPY expectations expectations
COPY config config
COPY dags dags
COPY examples/starter examples/starter
RUN pip wheel --no-deps --no-build-isolation --no-index --wheel-dir dist .

FROM ${BASE_IMAGE}
# The group is root's and owns what is written to, so that the container may run under any user id (HAILONG_UID in
# .env.example). USER is set because such an id has no name, and Airflow asks for one.
RUN useradd --uid 50000 --gid 0 --home-dir /opt/airflow --shell /usr/sbin/nologin hailong \
 && install --directory --owner 50000 --group 0 --mode 2775 /opt/airflow /opt/airflow/logs \
        /var/lib/hailong /var/lib/hailong/landing /var/lib/hailong/reports /var/lib/hailong/bulletins \
        /var/lib/hailong/forms \
        /run/hailong
ENV PATH=/opt/hailong/bin:$PATH \
    HOME=/opt/airflow USER=hailong \
    AIRFLOW_HOME=/opt/airflow \
    HAILONG_STATE=/var/lib/hailong \
    PYTHONUNBUFFERED=1
# the libraries first: this layer is the large one, and only a new lock changes it
COPY --from=build /opt/hailong /opt/hailong
RUN --mount=type=bind,from=build,source=/build/dist,target=/tmp/dist \
    pip --disable-pip-version-check install --root-user-action ignore --no-cache-dir --no-index --no-deps /tmp/dist/*.whl \
 && pip --no-cache-dir check
# versions that do not fit together fail here: the scheduler would only say that a name could not be loaded
RUN AIRFLOW_HOME=/tmp/airflow python -c \
        "import airflow.providers.celery.executors.celery_executor, airflow.providers.fab.auth_manager.fab_auth_manager" \
 && rm -r /tmp/airflow
COPY docker/with-secrets /usr/local/bin/
COPY docker/accounts.py docker/demo_treasuries.py /opt/hailong/docker/
COPY docker/webserver_config.py /opt/airflow/
COPY docker/airflow_local_settings.py /opt/airflow/config/
COPY dags /opt/airflow/dags
# empty, and there: Airflow would write one at its first start, with every secret in clear text
RUN touch /opt/airflow/airflow.cfg
ARG VERSION=0.2.0 REVISION=unknown BASE_IMAGE
LABEL org.opencontainers.image.title="Hài Lòng" \
      org.opencontainers.image.description="Monthly satisfaction rate, grade and rank of every treasury" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.base.name=$BASE_IMAGE
USER 50000:0
WORKDIR /opt/airflow
ENTRYPOINT ["with-secrets"]
CMD ["hailong", "--help"]
