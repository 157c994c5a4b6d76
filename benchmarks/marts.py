"""What readers wait for: typical queries of BI tools on the views and on the star, over 36 published months.

    python -m benchmarks.marts [--against STATE]

A month of 63 treasuries is run and published once. The other months are copied from it by SQL, the counts scaled to a
million responses: what readers ask is counted beforehand, so the rows do not depend on the number of responses, only on
areas and members. For the ratio the month's responses are multiplied to as many in core, and counted there anew.
Every plan is looked through: none may touch the responses. It fails where a query takes longer than the limit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from etl import registry, settings, warehouse
from etl.demo import estate, profiles
from etl.operation import migrate
from etl.periods import SurveyMonth
from etl.publishing import approval, publish, star
from etl.warehouse import embedded

LAST, MONTHS, RESPONSES = SurveyMonth(2023, 7), 36, 1_000_000
LIMIT_MS = 200
COUNTS = (
    "response_count", "answer_count", "satisfied_count", "wholly_satisfied_count", "complaint_count", "rate_numerator",
    "rate_denominator", "satisfied_squares", "answer_squares", "satisfied_answer_products",
)  # fmt: skip
WORDS = (
    "region", "treasury", "succession", "unit", "procedure", "channel", "respondent_type", "criterion", "grade",
    "province", "province_part",
)  # fmt: skip
"""What a revision freezes of names, codes, bands and criteria."""
NEWEST = "(select max(survey_month) from mart.dim_month)"

# fmt: off
QUERIES = {
    # what is asked: of the views, of the star, and of the responses of one month; "" where one cannot
    "newest ranking": (
        "select * from mart.treasury_ranking where period_code = '2023-07' order by rank",
        f"select * from mart.fact_treasury join mart.dim_treasury using (treasury_id) where survey_month"
        f" = {NEWEST} order by rank",
        "select treasury_id, avg((a.level >= 4)::int) as rate from core.fact_response,"
        " unnest(answer_levels) as a (level)"
        " where survey_month = '2023-07-01' and a.level >= 0 group by treasury_id order by rate",
    ),
    "36 months of a treasury": (
        "select survey_month, satisfaction_rate, rank, movement from mart.treasury_trend where"
        " treasury_code = '34' order by 1",
        "select survey_month, satisfaction_rate, rank, movement from mart.fact_treasury join"
        " mart.dim_treasury using (treasury_id)"
        " where treasury_code = '34' order by 1",
        "",
    ),
    "region by quarter": (
        "select region_name_vi, date_trunc('quarter', survey_month), sum(satisfied_count)::numeric / sum(answer_count)"
        " from mart.treasury_ranking where survey_month is not null group by 1, 2",
        "select region_code, quarter_code, sum(satisfied_count)::numeric / sum(answer_count) from mart.fact_treasury"
        " join mart.dim_month using (survey_month) join mart.dim_treasury using (treasury_id) group by 1, 2",
        "",
    ),
    "weakest criteria of the network": (
        "select member_code, satisfaction_rate from mart.breakdown_rating where area_level = 'system'"
        " and breakdown = 'criterion' and period_code = '2023-07' order by 2 limit 5",
        "select criterion_key, sum(satisfied_count)::numeric / sum(answer_count) from mart.fact_criterion"
        f" where survey_month = {NEWEST} group by 1 order by 2 limit 5",
        "select a.place, avg((a.level >= 4)::int) as rate from core.fact_response,"
        " unnest(answer_levels) with ordinality"
        " as a (level, place) where survey_month = '2023-07-01' and a.level >= 0 group by 1 order by 2 limit 5",
    ),
    "heat map: treasury by criterion": (
        "select treasury_code, criterion_code, satisfaction_rate from mart.criterion_rating where"
        " period_code = '2023-07'",
        "select treasury_code, criterion_code, satisfaction_rate from mart.fact_criterion join mart.dim_treasury"
        f" using (treasury_id) join mart.dim_criterion using (criterion_key) where survey_month = {NEWEST}",
        "",
    ),
    "criteria of all months": (
        "select criterion_code, survey_month, sum(satisfied_count)::numeric / sum(answer_count) from"
        " mart.criterion_rating"
        " where survey_month is not null group by 1, 2",
        "select criterion_code, survey_month, sum(satisfied_count)::numeric / sum(answer_count) from"
        " mart.fact_criterion"
        " join mart.dim_criterion using (criterion_key) group by 1, 2",
        "",
    ),
    "units of a treasury": (
        "select unit_name_vi, satisfaction_rate, rank from mart.unit_rating where treasury_code = '34'"
        " and period_code = '2023-07' order by rank",
        "select unit_name_vi, satisfaction_rate, rank from mart.fact_unit join mart.dim_unit using (unit_key)"
        f" where treasury_code = '34' and survey_month = {NEWEST} order by rank",
        "",
    ),
    "year over year": (
        "select treasury_code, satisfaction_rate, year_before_rate, year_change_points from mart.treasury_trend"
        " where period_code = '2023-07'",
        "select f.treasury_id, f.satisfaction_rate, b.satisfaction_rate from mart.fact_treasury as f left join"
        " mart.fact_treasury as b on b.treasury_id = f.treasury_id and b.survey_month = f.year_before_month"
        f" where f.survey_month = {NEWEST}",
        "",
    ),
    "channel mix over time": (
        "select survey_month, member_code, response_count from mart.breakdown_rating where area_level = 'system'"
        " and breakdown = 'channel' and survey_month is not null",
        "select survey_month, channel_code, sum(response_count) from mart.fact_channel group by 1, 2",
        "select channel_code, count(*) from core.fact_response where survey_month = '2023-07-01' group by 1",
    ),
    "weaknesses": (
        "select * from mart.weakness where period_code = '2023-07' and area_level = 'treasury' and"
        " is_top order by gap_position",
        "", "",
    ),
    "offices of today, all months": (
        "select * from mart.rebased_trend where treasury_code = '34' order by period_code",
        "", "",
    ),
    "quality of the month": ("select * from mart.month_quality where survey_month = '2023-07-01'", "", ""),
    "freshness": ("select * from mart.freshness", "", ""),
    "list of periods for a filter": (
        "select distinct period_code from mart.treasury_ranking order by 1",
        "select month_code, month_name_vi from mart.dim_month order by 1", "",
    ),
    "the whole ranking, to import it": ("select * from mart.treasury_ranking", "select * from mart.fact_treasury", ""),
}
# fmt: on


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.marts", description=__doc__)
    arguments.add_argument("--repeat", type=int, default=7)
    arguments.add_argument("--against", type=Path, metavar="STATE", help="what an older version has made here before")
    given = arguments.parse_args()
    os.environ.setdefault("HAILONG_STATE", str(Path(".hailong-bench-marts").resolve()))
    migrate.up()
    if not published():
        publish_a_month()
    engine = sa.create_engine(warehouse.url(), poolclass=sa.NullPool)
    if published() == 1:
        with engine.begin() as connection:
            fill(connection)
    if published() != MONTHS:
        sys.exit(f"{published()} months are published and not {MONTHS}: remove HAILONG_STATE, and run again")
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("vacuum (analyze)")
        connection.exec_driver_sql("set role hailong_reader")
        connection.exec_driver_sql("set statement_timeout = '60s'")
        found = [measured(connection, name, given.repeat) for name in QUERIES]
    print(page(found))
    if given.against:
        print(against(engine, sa.create_engine(embedded.url(given.against, "warehouse", "hailong")), given.repeat))
    print(json.dumps(sizes(), indent=1))
    slow = [one for one in found for ms in (one["views"], one["star"]) if ms and ms["ms"] > LIMIT_MS]
    touching = [one["asked"] for one in found if any(one[way] and one[way]["touches"] for way in ("views", "star"))]
    if slow or touching:
        sys.exit(f"over {LIMIT_MS} ms: {[one['asked'] for one in slow]}; read the responses: {touching}")


def published() -> int:
    """How many months are published."""
    with warehouse.transaction() as connection:
        return len(warehouse.rows(connection, "marts/star/published"))


def publish_a_month() -> None:
    """Run and publish the last of the months, of the demo's 63 treasuries."""
    now = settings.read()
    size = profiles.Size(months=(LAST,))
    urls = estate.build(embedded.url(now.state, "branches"), registry.load(now.config), size)
    now.connections.write_text(yaml.safe_dump({f"treasury_{code}": url for code, url in urls.items()}), "utf-8")
    subprocess.run([sys.executable, "-m", "benchmarks.month_steps", str(LAST)], check=True)
    publish.publish(str(LAST), approval.Decision("benchmark", "to be copied", is_provisional_allowed=True))


def fill(connection: sa.Connection) -> None:
    """Copy the month to those before it, each with a draft and a revision, and its responses to a million.

    In the caller's transaction: half of it would be measured as if it were all.
    """
    factor = RESPONSES / connection.exec_driver_sql("select count(*) from core.fact_response").scalar_one()
    connection.exec_driver_sql("set session_replication_role = replica")  # no triggers, no keys: copies of what held
    month = LAST
    for _ in range(MONTHS - 1):
        month = month.previous()
        connection.exec_driver_sql(f"select core.ensure_month('{month.first_day}')")
        for number in (0, 1):
            copy_month(connection, month, (number, number), factor)
        for table, changes in of_operation(month):
            copy(connection, table, changes, f"r.survey_month = '{LAST.first_day}'")
        print(f"made {month}", end=" ", flush=True, file=sys.stderr)
    copy_month(connection, LAST, (1, 2), factor)
    connection.exec_driver_sql(
        f"insert into core.fact_response select (r.c).* from (select jsonb_populate_record(f, jsonb_build_object("
        f"'response_key', f.response_key || '-' || g)) as c from core.fact_response as f cross join"
        f" generate_series(2, {round(factor)}) as g where f.survey_month = '{LAST.first_day}' offset 0) as r"
    )
    connection.exec_driver_sql("set session_replication_role = origin")
    connection.exec_driver_sql("analyze")  # the server's own looks at nothing that is not committed
    star.catch_up(connection, is_anew=True)


def copy_month(connection: sa.Connection, month: SurveyMonth, numbers: tuple[int, int], factor: float) -> None:
    """Copy the figures of a revision of the last month to a month, as a revision of it."""
    source, target = numbers
    key = {"period_code": f"'{month}'", "revision_number": str(target)}
    day = {"survey_month": f"'{month.first_day}'"}
    scaled = {name: f"round(r.{name} * {factor})" for name in COUNTS}
    before = month.previous()
    year_before = SurveyMonth(month.year - 1, month.month)
    past = {"previous_period_code": f"'{before}'", "year_before_period_code": f"'{year_before}'"}
    past |= {"previous_rate": "0.93", "year_before_rate": "0.92", "is_comparable": "true", "is_change_clear": "false"}
    where = f"r.period_code = '{LAST}' and r.revision_number = {source}"
    if target < 2:
        one = {"period_code": f"'{month}'", "first_month": day["survey_month"], "last_month": day["survey_month"]}
        copy(connection, "core.dim_period", one, f"r.period_code = '{LAST}'", " on conflict do nothing")
    copy(connection, "score.revision", key, where)
    copy(connection, "score.revision_input", key | day, where)
    copy(connection, "score.rating", key | day | scaled, where)
    copy(connection, "score.standing", key | past, where)
    copy(connection, "score.weakness", key, where)
    months = dict.fromkeys(("first_month", "last_month"), day["survey_month"])
    copy(connection, "score.revision_period", key | months, where)
    for words in WORDS:
        copy(connection, f"score.revision_{words}", key, where)


def of_operation(month: SurveyMonth) -> Iterator[tuple[str, dict[str, str]]]:
    """The traces of a month, with what is another's in another month."""
    mine = {"survey_month": f"'{month.first_day}'", "run_id": f"r.run_id || '-{month}'"}
    yield "ops.run", mine
    yield "ops.survey_month", mine
    yield "ops.treasury_month", mine
    yield "ops.receipt", mine


def copy(connection: sa.Connection, table: str, changes: dict[str, str], where: str, end: str = "") -> None:
    """Insert rows of a table into it again, with some columns changed."""
    said = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    connection.exec_driver_sql(
        f"insert into {table} select n.* from {table} as r cross join lateral"
        f" jsonb_populate_record(r, jsonb_build_object({said})) as n where {where}{end}"
    )


def measured(connection: sa.Connection, name: str, repeat: int) -> dict[str, Any]:
    """One question asked of the views, the star and the responses."""
    views, in_star, raw = QUERIES[name]
    found: dict[str, Any] = {"asked": name, "raw": None}
    for way, query in (("views", views), ("star", in_star)):
        found[way] = timed(connection, query, repeat) if query else None
    if raw:
        connection.exec_driver_sql("reset role")
        found["raw"] = timed(connection, raw, 1)
        connection.exec_driver_sql("set role hailong_reader")
    return found


def against(mine: sa.Engine, older: sa.Engine, repeat: int) -> str:
    """The views of this version and of an older one, asked in turn: the fastest of so many, as a table."""
    lines = ["| asked of the views | before, ms | now, ms | ratio |", "|---|--:|--:|--:|"]
    with older.connect() as before, mine.connect() as now:
        for connection in (before, now):
            connection.exec_driver_sql("set role hailong_reader")
        for name, (views, _, _) in QUERIES.items():
            turns = [(timed(before, views, 1)["ms"], timed(now, views, 1)["ms"]) for _ in range(repeat)]
            was, became = (min(ms) for ms in zip(*turns, strict=True))
            lines.append(f"| {name} | {was:.1f} | {became:.1f} | {became / was:.2f} |")
    return "\n".join(lines)


def timed(connection: sa.Connection, query: str, repeat: int) -> dict[str, Any]:
    """The median of planning and running a query, with no clock at every row, and whether it touches the responses."""
    plans = []
    for _ in range(repeat + 1):  # the first warms up
        told = connection.exec_driver_sql(f"explain (analyze, timing off, buffers, format json) {query}").scalar_one()
        plans.append((told if isinstance(told, list) else json.loads(told))[0])
    times = [plan["Planning Time"] + plan["Execution Time"] for plan in plans[1:]]
    touched = {node.get("Relation Name", "") for node in nodes(plans[-1]["Plan"])}
    is_response = any(name.startswith("fact_response") for name in touched)
    pages = plans[-1]["Plan"]["Shared Hit Blocks"] + plans[-1]["Plan"]["Shared Read Blocks"]
    return {"ms": statistics.median(times), "pages": pages, "touches": is_response}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def page(found: list[dict[str, Any]]) -> str:
    """The figures as a table of Markdown."""
    lines = ["| asked | views, ms | star, ms | counted anew, ms | anew ÷ slower of the two |", "|---|--:|--:|--:|--:|"]
    for one in found:
        ours = [one[way]["ms"] for way in ("views", "star") if one[way]]
        cells = [f"{one[way]['ms']:.1f}" if one[way] else "" for way in ("views", "star", "raw")]
        ratio = f"{one['raw']['ms'] / max(ours):,.0f} ×" if one["raw"] else ""
        lines.append(f"| {one['asked']} | {' | '.join(cells)} | {ratio} |")
    return "\n".join(lines)


def sizes() -> dict[str, Any]:
    """What was asked: how many rows there are."""
    counted = ("score.rating", "mart.fact_treasury", "mart.fact_criterion", "mart.fact_unit", "core.fact_response")
    with warehouse.transaction() as connection:
        rows = {name: connection.scalar(sa.text(f"select count(*) from {name}")) for name in counted}
    return {"months": published(), "limit_ms": LIMIT_MS, "cores": os.cpu_count(), "rows": rows}


if __name__ == "__main__":
    main()
