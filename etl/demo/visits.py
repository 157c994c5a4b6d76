"""The demo's customers: when they come, to whom, in which mood."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.demo import comments, profiles
from etl.registry.questionnaire import Coded, Codes

ONLINE_SHARE = 0.45
HARASSMENT_SHARE = 0.003
ANONYMOUS_SHARE, UNNAMED_OFFICER_SHARE = 0.12, 0.04
LABEL_SHARE, PADDED_SHARE = 0.08, 0.03


def made(profile: profiles.Profile, codes: Codes, rng: np.random.Generator) -> pd.DataFrame:
    """Who comes when, how and to whom, in order of time.

    Columns: submitted_at (local time), is_online, unit_code, officer_code, respondent_type_code, respondent_ref, mood.
    """
    when = _times(profile, rng)
    staff = _staff(profile)
    met = staff.iloc[rng.choice(len(staff), profile.responses, p=staff["load"] / staff["load"].sum())]
    return pd.concat(
        [when, met.drop(columns="load").reset_index(drop=True), _customers(profile, codes, rng)], axis="columns"
    ).assign(mood=lambda all_: rng.normal(0, 1, len(all_)) + all_["skill"] + all_["ease"] + 0.15 * all_["is_online"])


def _times(profile: profiles.Profile, rng: np.random.Generator) -> pd.DataFrame:
    """Ascending local times, mostly on working days.

    The first and the last are on the edges of the month.
    """
    start, end = (pd.Timestamp(bound) for bound in profile.month.bounds(profile.zone))
    days = pd.date_range(profile.month.first_day, profile.month.last_day)
    weight = np.where(days.day_of_week < 5, 1.0, 0.15)
    is_online = rng.random(profile.responses) < ONLINE_SHARE
    hour = np.where(is_online, 24 * rng.beta(2.4, 1.8, len(is_online)), 7.5 + 9.5 * rng.beta(2, 2, len(is_online)))
    day = rng.choice(len(days), len(is_online), p=weight / weight.sum())
    offset = ((24 * day + hour) * 3_600_000_000).astype("int64")
    order = np.argsort(offset, kind="stable")
    offset, is_online = offset[order], is_online[order]
    offset[-1] = (end - start) // pd.Timedelta(1, "us") - 1_000
    offset[0] = 0
    is_online[[0, -1]] = True
    at = start.as_unit("us") + pd.to_timedelta(np.minimum(offset, offset[-1]), unit="us")
    return pd.DataFrame({"submitted_at": at, "is_online": is_online})


def _staff(profile: profiles.Profile) -> pd.DataFrame:
    """The treasury's officers, the same in every month: unit_code, officer_code, load, skill.

    ``load`` weighs the customers they meet, ``skill`` is what they and their unit add to the customers' mood.
    """
    rng = profiles.randomness(profile.seed, profile.code, "staff")
    officers = []
    for unit in profile.units:
        load = rng.lognormal(2 if unit.kind == "department" else 1, 0.4)
        skill = rng.normal(0, 0.3)
        for number in range(1, int(rng.integers(3, 7))):
            officer = f"{unit.code}-CB{number:02d}"
            officers.append((unit.code, officer, load * rng.uniform(0.5, 1.5), skill + 0.25 * rng.standard_t(4)))
    return pd.DataFrame(officers, columns=["unit_code", "officer_code", "load", "skill"])


def _customers(profile: profiles.Profile, codes: Codes, rng: np.random.Generator) -> pd.DataFrame:
    """Invented customers, some more than once.

    Columns: respondent_type_code, respondent_ref, ease (adds to the mood). Real tax codes begin with 01 to 63 and
    personal numbers with 0, so that "99" makes every reference nobody's.
    """
    types = [entry.code for entry in codes.respondent_types]
    kind = rng.choice(len(types), profile.responses, p=_falling(len(types)))
    number = pd.Series(rng.integers(1, 2 * profile.responses + 1, profile.responses)).astype(str).str.zfill(6)
    prefix = pd.Series(np.resize(["KH-99", "MST-99", "DVQHNS-99"], len(types))[kind])
    ease = profiles.randomness(profile.seed, "respondent types").normal(0, 0.2, len(types))
    return pd.DataFrame(
        {
            "respondent_type_code": np.array(types)[kind],
            "respondent_ref": (prefix + profile.code + number).mask(rng.random(len(kind)) < ANONYMOUS_SHARE),
            "ease": ease[kind],
        }
    )


def responses(visits: pd.DataFrame, codes: Codes, rng: np.random.Generator) -> pd.DataFrame:
    """The visits (with response_id) in the columns of the table of responses."""
    number = len(visits)
    procedures = np.array([entry.code for entry in codes.procedures])
    online, counter = (_spelled(codes.channels[index], number, rng) for index in (0, -1))
    is_unhappy = visits["mood"] < 0
    return pd.DataFrame(
        {
            "response_id": visits["response_id"],
            "submitted_at": visits["submitted_at"],
            "unit_code": visits["unit_code"],
            "officer_code": visits["officer_code"].mask(rng.random(number) < UNNAMED_OFFICER_SHARE),
            "procedure_code": rng.choice(procedures, number, p=_falling(len(procedures))),
            "channel_code": np.where(visits["is_online"], online, counter),
            "respondent_type_code": visits["respondent_type_code"],
            "respondent_ref": visits["respondent_ref"],
            "harassment_reported": is_unhappy & (rng.random(number) < 2 * HARASSMENT_SHARE),
            "comment": comments.written(rng, (visits["mood"] > -1).to_numpy()),
        }
    )


def _spelled(channel: Coded, number: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """A channel as branches write it: code, label, or padded code."""
    draw = rng.random(number)
    label = rng.choice(channel.labels or (channel.code,), number)
    text = np.where(draw < LABEL_SHARE, label, channel.code)
    return np.where(draw > 1 - PADDED_SHARE, f" {channel.code}  ", text)


def _falling(number: int) -> NDArray[np.float64]:
    """Probabilities of a list's entries, the earlier the likelier."""
    weight = 1 / np.arange(2.5, number + 2.5)
    return np.asarray(weight / weight.sum())
