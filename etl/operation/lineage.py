"""Where a month's data comes from and goes to, in OpenLineage's names."""

from __future__ import annotations

from etl import settings, warehouse
from etl.operation.plan import Plan
from etl.registry import Registry
from etl.source import queries
from etl.source.address import server_of, url_of
from etl.warehouse import statements

Dataset = tuple[str, str]
_SCHEMES = {"postgresql": "postgres", "mariadb": "mysql"}
_SCHEMAS = {"postgresql": "public", "mssql": "dbo"}


def sources(planned: Plan, code: str, uri: str | None = None) -> list[Dataset]:
    """The tables that a treasury's query says it reads."""
    registry = Registry.configured()
    treasury = registry.treasury(code, planned.survey_month)
    url = url_of(treasury.connection_name, uri)
    backend = url.get_backend_name()
    query = queries.statement_of(registry.path, treasury.source, backend)
    if backend == "sqlite":
        namespace, database = "file", (url.database or "").removeprefix("file://")
    else:
        server = server_of(url) or "localhost"
        namespace, database = f"{_SCHEMES.get(backend, backend)}://{server}", url.database or ""
    return [(namespace, ".".join([database, *_schema(backend, table), table])) for table in query.reads]


def landed(month: str, code: str) -> Dataset:
    """Where a treasury's month lands: one name for all its landings."""
    scheme, is_url, path = settings.read().landing.rpartition("://")
    if not is_url or scheme == "file":
        return "file", f"{path}/{month}/{code}"
    bucket, _, inside = path.partition("/")
    return f"{scheme}://{bucket}", "/".join(part for part in (inside, month, code) if part)


def responses() -> Dataset:
    """The responses in the warehouse."""
    return _of_warehouse("core.fact_response")


def marts() -> list[Dataset]:
    """The views that people read."""
    return [_of_warehouse(f"mart.{view.name.rpartition('/')[2]}") for view in statements.in_room("marts/views")]


def _of_warehouse(table: str) -> Dataset:
    """A table or view of the warehouse."""
    url = warehouse.url()
    return f"postgres://{url.host}:{url.port or 5432}", f"{url.database}.{table}"


def _schema(backend: str, table: str) -> list[str]:
    """The default schema of a table that is named without one."""
    return [_SCHEMAS[backend]] if backend in _SCHEMAS and "." not in table else []
