"""The commands of the demo: the whole month of a made-up network, and Airflow's own pages about it."""

from __future__ import annotations

from typing import Annotated

import typer

from etl.cli import output, reading
from etl.periods import SurveyMonth

app = typer.Typer()


@app.command()
def demo(
    responses: Annotated[int, typer.Option(min=1, help="Responses a month over all treasuries.")] = 20_000,
    treasuries: Annotated[int, typer.Option(min=1, help="How many of the 63 treasuries.")] = 63,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another estate.")] = 2023,
    stop: Annotated[
        str | None, typer.Option(help="Only stop the database of this treasury, as if its office were down.")
    ] = None,
    is_year: Annotated[
        bool, typer.Option("--year", help="Instead a year in which offices act, and some of it helps.")
    ] = False,
    start: Annotated[str | None, typer.Option(help="Only start the database of this treasury again.")] = None,
) -> None:
    """Run a made-up month through a real Airflow, and show it.

    Makes the databases of 63 treasuries; the month is July 2023. The year is run without Airflow, and says itself how
    many respond.
    """
    from etl.demo import profiles, show

    if stop or start:
        month = SurveyMonth.parse(show.MONTH)
        codes = [text and reading.treasury_code(text, month) for text in (stop, start)]
        show.switch(output.console(), *codes)
    elif is_year:
        from etl.demo import year

        show.a_year(output.console(), output.paper(), year.size(treasuries, seed), _publish)
    else:
        size = profiles.Size(responses=responses, treasuries=treasuries, seed=seed)
        from etl.demo import actions

        show.demo(output.console(), output.paper(), size, actions.take_in)


def _publish(month: str) -> None:
    """Publish a month of the year."""
    from etl.publishing import publish
    from etl.publishing.approval import Decision

    publish.publish(month, Decision("demo", "the year of the demo", is_provisional_allowed=True))


@app.command()
def airflow() -> None:
    """Start the demo's Airflow, until Ctrl-C, and say where it is."""
    from etl.demo import show

    show.airflow(output.console())
