"""What must hold of every made-up database, whatever is in it.

Nothing is lost
    Each row of the table that is due in the month is loaded, turned away, or kept as a row of no month; a row of
    another month is none of these. A refused month leaves core as it was.
Nothing is changed
    Each loaded row has the meaning of each of its cells, and no row is loaded that nobody wrote.
Nothing is fatal
    No exception that nobody expected, no traceback; what is wrong with a database is refused, never "away".
Everything is told
    A message names the office, the month, the place and the next action, and quotes no person.
Check and run agree
    A check that says "it fits" is followed by a run that loads the month, and of which each kind of row that is turned
    away was told as a hint. A run that refuses the month was preceded by a check that failed, in the same words: rule,
    counts and all; and one that loads it by no check that said it would be refused. A check that finds a fault is
    followed by a run that refuses the month, turns a row away, keeps one in no month, or notes one. (That a text looks
    like an old encoding, no run can say.)
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.lib.made_up_databases.made import Made, is_plain
from tests.lib.made_up_databases.network import MONTH
from tests.lib.made_up_databases.truth import Database, End, Row
from tests.lib.made_up_databases.visit import Seen

LOADED_AS = {
    "response_key": "response_key", "submitted_at": "submitted_at", "unit_code": "unit_code",
    "officer_code": "officer_code", "procedure_code": "procedure_code", "channel_code": "channel_code",
    "respondent_type_code": "respondent_type_code", "respondent_ref": "respondent_hash",
    "harassment_reported": "is_harassment_reported", "comment": "comment_text", "answers": "answer_levels",
}  # fmt: skip
_PLACES = re.compile(r"\w+_\w+|column|query|database|row", re.IGNORECASE)
_SUSPECTED = "that looks like"
_REASON = re.compile(r"; (?=[a-z_]+: )")
"""What stands between the reasons of a refusal."""
_DRIFT = re.compile(r"; (column|table) .*", re.DOTALL)
"""What a run adds to a reason, which has seen the office's tables before: here those of another made-up database."""


def faults(made: Made, seen: Seen) -> list[str]:
    """What does not hold of a database."""
    truth = made.truth
    parts = (_fatal, _told, _refused if seen.state != "loaded" else _loaded, _agreed)
    return [fault for part in parts for fault in part(truth, seen)]


def _fatal(truth: Database, seen: Seen) -> Iterator[str]:
    if seen.crash:
        yield f"land crashed: {seen.crash.splitlines()[-1]}"
    if "unexpected" in seen.said or "Traceback" in seen.said:
        yield f"something unexpected: {_about(seen)}"
    if seen.state in ("None", "unavailable") and truth.refusal == "no":
        yield f"the month is {seen.state}: {_about(seen)}"
    if "is away" in seen.said or "did not answer" in seen.said:
        yield f"told as away: {_about(seen)}"


def _told(truth: Database, seen: Seen) -> Iterator[str]:
    for secret in truth.secrets:
        if secret in seen.said:
            line = next(line for line in seen.said.splitlines() if secret in line)
            yield f"quoted is {secret!r}: {line[:300]}"
    if any(ord(letter) < 32 and letter not in "\n\t\r" for letter in seen.said):
        yield f"a control character in what is told: {seen.said[:300]!r}"
    message = seen.outcome.get("error_message") or ""
    if seen.state == "loaded":
        return
    for part in (truth.code, MONTH):
        if part not in message:
            yield f"{part} is not named: {message[:300]}"
    rest = message.replace(truth.code, "").replace(MONTH, "")
    if not _PLACES.search(rest) or not seen.outcome.get("next_action"):
        yield f"no place or no next action: {_about(seen)}"
    if len(message) > 2000:
        yield f"a message of {len(message)} letters: {message[:200]}"


def _refused(truth: Database, seen: Seen) -> Iterator[str]:
    if seen.after != seen.before:
        yield "a month that was not loaded changed core"
    if truth.refusal == "no" and not truth.may_be_refused():
        yield f"the month is {seen.state} for no more than a few rows: {_about(seen)}"


def _loaded(truth: Database, seen: Seen) -> Iterator[str]:
    if truth.must_be_refused():
        yield f"the month is loaded, with {len(seen.core)} rows of {len(truth.rows)}, and should be refused"
        return
    found, strangers = _placed(truth, seen)
    yield from (f"nobody wrote the row with the key {row['response_key']!r}" for row in strangers)
    untold = []
    for row in truth.rows:
        loaded = found.get(row.number)
        if loaded is None:
            if End.LOADED in row.ends and len(row.ends) == 1:
                yield f"lost: {_which(row)}; turned away: {_rules(row, seen)}"
            elif not row.ends <= {End.OTHER} and not _is_told(row, seen):
                untold.append(row)
        elif End.LOADED not in row.ends:
            yield f"loaded, and should be {'/'.join(sorted(row.ends))}: {_which(row)}"
        else:
            yield from _changed(row, loaded)
        if row.ends == {End.OTHER} and _is_told(row, seen):
            yield f"of another month, and told as this one's: {_which(row)} {_rules(row, seen)}"
    keys = {key for row in truth.rows for key in _keys(row)}
    nameless = [key for key in (*seen.away, *seen.timeless) if key not in keys]
    if len(untold) > len(nameless):
        shown = "; ".join(map(_which, untold[:3]))
        yield f"{len(untold)} rows have no trace, {len(nameless)} are told without key: {shown}"
    yield from _counted(truth, seen)


def _counted(truth: Database, seen: Seen) -> Iterator[str]:
    """The sum of what is told is the table's count."""
    due = [row for row in truth.rows if row.ends != {End.OTHER}]
    turned_away = seen.outcome["turned_away_count"]
    told = len(seen.core) + turned_away + len(seen.timeless)
    if told != len(due):
        parts = f"{len(seen.core)} loaded + {turned_away} turned away + {len(seen.timeless)} of no month"
        yield f"{len(due)} rows are due, {parts} = {told}"
    if (len(seen.core), seen.outcome["read_count"]) != (seen.outcome["loaded_count"], len(seen.core) + turned_away):
        yield f"the outcome's counts contradict each other: {seen.outcome}"


def _placed(truth: Database, seen: Seen) -> tuple[dict[int, dict[str, Any]], list[dict[str, Any]]]:
    """The loaded rows by the number of the row that they were, and those that were none."""
    by_comment, by_key = defaultdict(list), {}
    for loaded in seen.core:
        by_comment[loaded["comment_text"]].append(loaded)
        by_key[loaded["response_key"]] = loaded
    found, taken = {}, set()
    for row in sorted(truth.rows, key=is_plain, reverse=True):
        candidates = by_comment[row.cells["comment"].meant[0]] if is_plain(row) else []
        candidates = candidates or [by_key[key] for key in _keys(row) if key in by_key]
        free = [loaded for loaded in candidates if loaded["response_key"] not in taken]
        if free:
            found[row.number] = free[0]
            taken.add(free[0]["response_key"])
    return found, [loaded for loaded in seen.core if loaded["response_key"] not in taken]


def _changed(row: Row, loaded: dict[str, Any]) -> Iterator[str]:
    for column, name in LOADED_AS.items():
        meant, value = row.cells[column].meant, loaded[name]
        value = tuple(value) if isinstance(value, list) else value
        if meant and not any(value is each or (value == each and each is not None) for each in meant):
            yield f"{column} is {str(value)[:80]!r} and should be {str(meant[0])[:80]!r}: {_which(row)}"


def _agreed(truth: Database, seen: Seen) -> Iterator[str]:
    """The check and the run, by the statement above."""
    if seen.check is None:
        return
    told = [line for line in seen.check.stdout.splitlines() if line.startswith(("✗", "!"))]
    wrong = [line for line in told if line.startswith("✗") and _SUSPECTED not in line]
    is_clean = seen.state == "loaded" and not (seen.away or seen.timeless or seen.notes)
    if seen.check.exit_code == 0 and seen.state != "loaded":
        yield f"the check says that it fits, and the run does not: {_about(seen)}"
    checked = " ".join(f"{seen.check.stdout} {seen.check.stderr}".split())
    if seen.state == "refused":
        reasons = (seen.outcome.get("error_message") or "").partition(f"{MONTH}: ")[2]
        lacking = [
            reason for reason in _REASON.split(" ".join(_DRIFT.sub("", reasons).split())) if reason not in checked
        ]
        if lacking:
            yield f"the run refuses the month, and the check does not say: {'; '.join(lacking)[:300]}"
    if seen.state == "loaded" and "a run would refuse the month" in checked:
        yield f"the check says that the month would be refused, and the run loads it: {checked[:300]}"
    if seen.state == "loaded" and seen.away and not told:  # of a refused month an earlier run's may stand there
        yield f"the run turns away {len(seen.away)} rows, and the check says nothing"
    if seen.check.exit_code and is_clean and (wrong or not seen.check.stdout):
        yield f"the check finds a fault, and the run takes in everything: {'; '.join(wrong)}; {seen.check.stderr[:200]}"


def _is_told(row: Row, seen: Seen) -> bool:
    """Whether its key stands among the rows turned away or of no month."""
    return any(key in seen.away or key in seen.timeless for key in _keys(row))


def _keys(row: Row) -> list[str]:
    """By which keys it may be told."""
    written = [] if row.key.written is None else [str(row.key.written), str(row.key.written).strip()]
    return [str(key) for key in (*row.key.meant, *written)]


def _rules(row: Row, seen: Seen) -> str:
    return ", ".join(sorted({rule for key in _keys(row) for rule in seen.away.get(key, ())})) or "nowhere"


def _which(row: Row) -> str:
    """A row for somebody who mends: its number, its key, and what is odd in it."""
    tried = "; ".join(f"{name}: {cell.what}" for name, cell in row.cells.items() if cell.what) or "nothing odd"
    return f"row {row.number}, key {str(row.key.written)[:40]!r}, {tried[:200]}"


def _about(seen: Seen) -> str:
    message = seen.outcome.get("error_message") or ""
    lines = [line for line in seen.said.splitlines() if "unexpected" in line or "is away" in line]
    return f"{message[:400]} {' '.join(lines[:2])[:300] if not message else ''}".strip()
