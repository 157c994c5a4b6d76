"""Take in a register that landed: what holds of its rows becomes claimed events, plans, records and objections.

Everything is in at once, or nothing: a read that was killed is read again, and what was said once is not said again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from etl import warehouse
from etl.acting import claims, office_said, register_rows
from etl.acting.claims import Refusal, TakenIn
from etl.acting.claims_door import findings
from etl.acting.moment import Moment
from etl.acting.register_rows import KINDS, Said
from etl.landing.register import LandedRegister
from etl.source.contract import shortened

_EVENT = ("happened_on", "owner_name", "root_cause", "note", "claimed_by")
_SUBJECT = ("case_number", "case_key", "ground_code", "unit_code", "officer_code")
_CLAIM = ("outcome", "action_code", "capacity", "legal_basis", "reason", "valid_from", "valid_to", "no_action_reason")
_LONGEST_SHOWN = 60
_SHOWN = 3
_CELLS = {
    # what the door looks at | names the columns that are told
    "unreadable_count": lambda values: values["unreadable"],
    "lacking_count": register_rows.lacking,
}


def take_in(landed: LandedRegister) -> TakenIn:
    """Take in a register of a treasury; what came of it."""
    rows = [dict(row) for row in landed.rows.to_pylist()]
    values = [register_rows.said(row) for row in rows]
    with warehouse.transaction() as connection:
        moment = Moment.now(connection)
        office = office_said.treasury(connection, landed.treasury_code, landed.on_day)
        warehouse.rows(connection, "acting/hold_claims", treasury_id=office["treasury_id"])
        refused = _refused(
            values, landed.treasury_code, moment.today, [0, *claims.case_numbers(connection, office["treasury_id"])]
        )
        outcome = TakenIn(read_count=len(rows))
        for refusals in refused.values():
            outcome.refuse(*refusals)
        for number in sorted(set(range(len(rows))) - set(refused), key=lambda number: _order(values[number])):
            stated = _stated(values[number], moment) | {"treasury_id": office["treasury_id"]}
            stated |= {"row_key": values[number]["row_key"], "row_digest": register_rows.digest(rows[number])}
            stated |= {"form_digest": landed.digest, "form_row": number + 1}
            claims.take_in(connection, stated, _key(values[number]), outcome)
        known = {
            row["row_key"]
            for row in warehouse.rows(connection, "acting/register_keys", treasury_id=office["treasury_id"])
        }
        outcome.vanished_count = len(known - {row["row_key"] for row in values})
        _record(connection, landed, office["treasury_id"], outcome)
    return outcome


def rehearsed(rows: pa.Table, treasury_code: str, today: dt.date) -> list[str]:
    """What the door would turn away of a register, rule by rule with some keys; which cases there are is not asked."""
    values = [register_rows.said(row) for row in rows.to_pylist()]
    told: dict[str, list[str]] = {}
    for refusals in _refused(values, treasury_code, today, _numbers(values)).values():
        for refusal in refusals:
            told.setdefault(refusal.why, []).append(refusal.where)
    return [f"{len(keys)} rows ({', '.join(keys[:_SHOWN])}): {why}" for why, keys in told.items()]


def _numbers(values: list[Said]) -> list[int]:
    """The numbers of cases that rows name."""
    return [0, *{said["case_number"] for said in values if said["case_number"] is not None}]


def _refused(values: list[Said], treasury_code: str, today: dt.date, numbers: list[int]) -> dict[int, list[Refusal]]:
    """Of each row that breaks a rule what is told: its key, the columns and why."""
    limits = {"case_numbers": numbers, "treasury_codes": [treasury_code], "last_day": today}
    told: dict[int, list[Refusal]] = {}
    frame = register_rows.frame(values)
    for finding in findings(frame, limits | {"event_kinds": list(KINDS)}) if values else []:
        for number in finding.rows.tolist():
            cells = _CELLS[finding.column](values[number]) if finding.column in _CELLS else ()
            named = f" ({', '.join(cells)})" if cells else ""
            told.setdefault(number, []).append(
                Refusal(_key(values[number]), f"{finding.rule_code}{named}: {finding.why}")
            )
    return told


def _stated(values: Said, moment: Moment) -> Said:
    """What a row says, as the warehouse takes it."""
    kind = values["event_kind"]
    names = (*_EVENT, *_SUBJECT) + (_CLAIM if kind in ("decision", "urgent", "closing") else ())
    stated = {name: values[name] for name in names if values[name] is not None}
    match kind:
        case "opened":
            evidence = {"evidence_kind": values["ground_code"]}
            if values["ground_code"] == "petition":
                evidence["petition_number"] = values["petition_number"] or values["row_key"]
            due = moment.due_of(values["ground_code"]) if values["ground_code"] in ("petition", "own_report") else {}
            stated |= {**due, **evidence}
        case "objection":
            stated["period_code"] = values["period_code"]
        case "plan":
            stated["item"] = _item(values)
        case "conference" | "training":
            stated |= _record_of(values)
    return stated | {"event_kind": KINDS[kind][0]}


def _item(values: Said) -> Said:
    """The action item of a plan."""
    names = ("unit_code", "criterion_code", "owner_name", "due_date", "expected_count")
    item = {name: values[name] for name in names if values[name] is not None}
    return item | {"item_text": values["note"], "target_rate": values["target_pct"]}


def _record_of(values: Said) -> Said:
    """A conference or training, as it is recorded; units are separated by ``|``."""
    units = [code.strip() for code in (values["unit_code"] or "").split("|") if code.strip()]
    names = ("period_code", "revision_number", "attendance_count")
    said = {
        "held_on": values["happened_on"],
        "unit_codes": units,
        "agreed_text": values["note"],
        "topic": values["note"],
    }
    return said | {name: values[name] for name in names if values[name] is not None}


def _record(connection: warehouse.Connection, landed: LandedRegister, treasury_id: int, outcome: TakenIn) -> None:
    """Record the receipt of a read that brought something new."""
    last = warehouse.rows(connection, "acting/last_register", treasury_id=treasury_id)
    stands = (landed.digest, outcome.refused_count, outcome.vanished_count)
    if last and not outcome.loaded_count and tuple(last[0].values()) == stands:
        outcome.is_known = True
        return
    counts = ("read_count", "loaded_count", "known_count", "changed_count", "refused_count", "vanished_count")
    receipt: dict[str, Any] = {"treasury_id": treasury_id, "register_digest": landed.digest}
    receipt |= {"register_path": landed.path, "source_name": landed.source_name, "snapshot_at": landed.snapshot_at}
    receipt |= {name: getattr(outcome, name) for name in counts}
    warehouse.rows(connection, "acting/record_register", said=office_said.as_json(receipt))


def _order(values: Said) -> tuple[dt.date, int, str]:
    """Rows in the order of their days, and of one day in the order of the steps of a case."""
    return values["happened_on"], list(KINDS).index(values["event_kind"]), values["row_key"]


def _key(values: Said) -> str:
    """The key of a row, as it is told."""
    return shortened(values["row_key"] or "a row without a key", _LONGEST_SHOWN)
