"""The demo as its user sees it, from start to finish."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

import yaml
from rich.console import Console
from rich.text import Text

from etl import escape, settings, warehouse
from etl.demo import airflow as own_airflow
from etl.demo import estate, profiles, servers, year
from etl.errors import Misdeclared, Unavailable
from etl.operation import migrate
from etl.periods import SurveyMonth
from etl.registry import Registry
from etl.reports import progress, tables
from etl.vietnamese import said, word
from etl.warehouse import embedded

MONTH = "2023-07"
OWN = "34"
"""KBNN Thái Bình, of which the published example is; another where the demo has it not."""
_FIXED_TASKS = 13
_OVER = ("success", "failed", "upstream_failed", "skipped")  # nobody missing skips the task that names them


def demo(console: Console, paper: Console, size: profiles.Size, hear: Callable[[list[str]], object]) -> None:
    """Make the databases, run the month through Airflow, hear what the offices do, show the result."""
    _need_airflow()
    codes = make_estate(console, size)
    migrate.up()
    with contextlib.ExitStack() as until_done:
        with console.status(_said("starting Airflow (scheduler, DAG processor, API server)"), spinner="line"):
            access = until_done.enter_context(own_airflow.running(settings.read().workers * 2))
        state = _follow(console, access, codes)
    with console.status(_said("reading what the offices do: registers, a form"), spinner="line"):
        hear(codes)
    _show(console, paper)
    if state != "success":
        raise Unavailable(
            f"the Airflow run of {MONTH} ended {state}", next_action=f"see 'hailong status {MONTH}' and {access.logs}"
        )


def a_year(console: Console, paper: Console, size: profiles.Size, publish: Callable[[str], object]) -> None:
    """Make the databases of a year, run and publish its months, make the last one's bulletin, say where it is.

    Beside another demo it raises Misdeclared: their months are the same.
    """
    if embedded.is_made(settings.read().state, servers.BRANCHES):
        raise Misdeclared(
            f"there is a demo in {settings.read().state} already, of some of the same months",
            next_action="make the year in an empty directory, or set HAILONG_STATE to one",
        )
    from etl.reports.bulletin import make as bulletin  # noqa: PLC0415  a demo without a bulletin does not wait for it

    codes = make_estate(console, size)
    migrate.up()
    with progress.bar(console) as bar:
        task = bar.add_task(_said("running and publishing the months"), total=len(year.MONTHS))
        year.run(codes, publish, lambda month: bar.update(task, advance=1))
    with console.status(_said("making the bulletin of the last month"), spinner="line"):
        made = bulletin.make(str(year.LAST))
    hailong = _hailong()
    for line in (
        "",
        f"bulletin:        {made.directory}/index.vi.html  (and index.en.html; open it in a browser)",
        f"helped:          {_pages(made.directory, year.HELPED)}  (where few answer, nobody can see it)",
        f"did not help:    {_pages(made.directory, year.IN_VAIN)}",
        f"did nothing:     {_pages(made.directory, year.IDLE)}",
        f"conference:      {made.directory}/conference-{year.HELPED[0]}.vi.pdf  (what was done, and what came of it)",
        f"effects:         {hailong} url  (for psql or any BI tool; the view mart.effect has one row for each action)",
        f"verify:          {hailong} verify {year.LAST}",
    ):
        _say(paper, line)


def switch(console: Console, stop: str | None, start: str | None) -> None:
    """Stop or start one treasury's database."""
    server = servers.branches(settings.read())
    if stop:
        estate.block(server, stop)
        _say(console, f"treasury {stop} is down; see what 'hailong run {MONTH}' makes of it")
    if start:
        estate.unblock(server, start)
        _say(console, f"treasury {start} is up again; 'hailong run {MONTH}' heals the month")


def airflow(console: Console) -> None:
    """Run the demo's Airflow until it is interrupted."""
    _need_airflow()
    servers.start_again(settings.read())
    migrate.up()
    with own_airflow.running(settings.read().workers * 2) as access:
        _say(console, f"Airflow: {access.url}   (Ctrl-C stops it)")
        for user, password in access.passwords.items():  # who ran a month may not approve it
            _say(console, f"  user {user}   password {password}")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
        _say(console, "stopping Airflow")


def _need_airflow() -> None:
    """Raise Misdeclared when Airflow is not installed."""
    if importlib.util.find_spec("airflow") is None:
        raise Misdeclared("Airflow is not installed", next_action="pip install 'hailong[airflow,embedded]'")


def make_estate(console: Console, size: profiles.Size) -> list[str]:
    """Build the branch databases and write their connections; the treasuries' codes."""
    current = settings.read()
    registry = Registry.configured()
    with progress.bar(console) as bar:
        task = bar.add_task(_said("making the treasuries' databases"), total=size.treasuries)
        server = embedded.url(current.state, servers.BRANCHES)
        urls = estate.build(server, registry, size, lambda line: bar.advance(task))
    text = yaml.safe_dump({f"treasury_{code}": url for code, url in sorted(urls.items())})
    settings.keep_private(current.connections, text)
    return sorted(urls)


def _follow(console: Console, access: own_airflow.Access, codes: list[str]) -> str:
    """Run the month with a progress bar; the run's final state."""
    params = None if len(codes) == len(Registry.configured().treasuries_in(SurveyMonth.parse(MONTH))) else codes
    with progress.bar(console) as bar:
        at_work = _said(f"Airflow runs {own_airflow.DAG} for {MONTH}")
        task = bar.add_task(at_work, total=len(codes) + _FIXED_TASKS)

        def advance(states: Counter[str]) -> None:
            bar.update(task, completed=sum(states[state] for state in _OVER))

        return own_airflow.run_month(access, MONTH, advance, params)


def _show(console: Console, paper: Console) -> None:
    """Print the result, where everything is, and what to try next."""
    first_day = SurveyMonth.parse(MONTH).first_day
    with warehouse.transaction() as connection:
        warehouse.show(connection, "latest")
        ranking = warehouse.rows(connection, "reports/ranking", period_code=MONTH)
        turned_away = warehouse.rows(connection, "reports/turned_away", survey_month=first_day, treasury_code=None)
        (opened,) = warehouse.rows(connection, "reports/open_cases")
    language = settings.language()
    rows = [{**row, "treasury_state": word(row["treasury_state"], language)} for row in tables.ranking(ranking)]
    columns = {name: _said(heading) for name, heading in tables.ranking_columns().items()}
    paper.print(tables.table(rows, tables.fitting(paper, rows, columns, tables.RANKING_ESSENTIAL)))
    by_rule = Counter(row["rule_code"] for row in turned_away)
    pages = settings.read().reports / MONTH
    own = next((row["treasury_code"] for row in ranking if row["treasury_code"] == OWN), ranking[0]["treasury_code"])
    hailong = _hailong()
    for line in (
        "",
        "turned away: " + ", ".join(f"{count} {rule}" for rule, count in sorted(by_rule.items())),
        f"validation page:  {pages / 'validation.html'}",
        f"bulletin:         {pages / 'draft' / 'index.vi.html'}  (and index.en.html; open it in a browser)",
        f"conference paper: {pages / 'draft' / f'conference-{own}.vi.pdf'}  (what to do, and room for what is agreed)",
        f"warehouse:        {hailong} url  (for psql or any BI tool; start with the view mart.treasury_ranking)",
        f"cases:            {_open(opened)}  ({hailong} case list shows them)",
        "",
        "try next:",
        f"  {hailong} status {MONTH}      how each treasury came in",
        f"  {hailong} publish {MONTH} --why 'first publication'     freeze the draft; until then the views are empty",
        f"  {hailong} bulletin {MONTH}    its pages, workbook and PDF; also per treasury: --treasury 34 --lang en",
        f"  {hailong} demo --stop 34      a treasury goes down; then: {hailong} run {MONTH}",
        f"  {hailong} demo --start 34     it is back; run the month again to heal it",
        f"  {hailong} airflow             look at the run in Airflow's own pages",
    ):
        _say(paper, line)


def _hailong() -> str:
    """How the command is called here."""
    return "hailong" if shutil.which("hailong") else os.path.relpath(sys.argv[0])


def _pages(directory: str, codes: Sequence[str]) -> str:
    """The Vietnamese pages of some treasuries, the first with its whole name."""
    first, *others = (f"treasury-{code}.vi.html" for code in codes)
    return ", ".join([f"{directory}/{first}", *others])


def _open(counts: dict[str, int]) -> str:
    """How many cases are open, and what waits in them."""
    told = f"{counts['case_count']} open, {counts['harassment_count']} of reports of harassment"
    claimed = counts["claim_count"]
    return f"{told}; {claimed} claims of offices wait for two logins" if claimed else told


def _said(text: str) -> str:
    """A text in the language of this process."""
    return said(text, settings.language())


def _say(console: Console, text: str) -> None:
    """Write a line as it stands."""
    console.print(Text(escape.lines(_said(text))), soft_wrap=True)
