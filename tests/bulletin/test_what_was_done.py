"""What was done and whether it helped, in words: each verdict, each reason, and what can be seen at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from etl.reports.bulletin import what_was_done
from etl.reports.bulletin.content import Content
from etl.reports.words import ENGLISH, VIETNAMESE

FEBRUARY, APRIL, JULY, SEPTEMBER = (dt.date(2023, month, 1) for month in (2, 4, 7, 9))
HELPED: dict[str, Any] = {
    "treasury_code": "34", "unit_code": None, "action_kind": "training", "action_title": "giao tiếp",
    "action_date": dt.date(2023, 6, 15), "criterion_code": None, "verdict": "helped", "reason": None,
    "effect": Decimal("0.0775"), "effect_low": Decimal("0.0443"), "effect_high": Decimal("0.1107"),
    "before_rate": Decimal("0.8416"), "after_rate": Decimal("0.92"), "control_count": 10,
    "before_first_month": FEBRUARY, "before_last_month": APRIL, "after_first_month": JULY,
    "after_last_month": SEPTEMBER,
}  # fmt: skip
WIDE = HELPED | {"verdict": "cannot_tell", "reason": "too_wide", "effect_low": Decimal("-0.0582"),
                 "effect_high": Decimal("0.0473"), "effect": Decimal("-0.0054")}  # fmt: skip
SOON = HELPED | {"verdict": "cannot_tell", "reason": "too_few_months", "effect": None, "effect_low": None,
                 "effect_high": None, "before_rate": None, "after_rate": None, "after_first_month": None}  # fmt: skip


def test_an_effect_is_told_with_its_interval_its_months_and_whom_it_was_compared_with() -> None:
    assert what_was_done.name(HELPED, VIETNAMESE) == "Bồi dưỡng “giao tiếp”, cả đơn vị, 15/6/2023"
    assert what_was_done.verdict(HELPED, VIETNAMESE) == "có tác dụng"
    assert what_was_done.why(HELPED, VIETNAMESE) == (
        "thay đổi +7,8 điểm so với 10 nơi tương tự không có hành động (khoảng từ +4,4 đến +11,1);"
        " 02–04/2023: 84,2\N{NO-BREAK SPACE}%, 07–09/2023: 92,0\N{NO-BREAK SPACE}%"
    )
    assert what_was_done.why(HELPED, ENGLISH).startswith("+7.8 points against 10 comparable offices")


def test_what_cannot_be_told_says_why_and_what_could_have_been_seen() -> None:
    said = what_was_done.why(WIDE, VIETNAMESE)
    assert said.startswith("số phiếu chưa đủ để phân biệt với ngẫu nhiên")
    assert "chỉ thấy được thay đổi từ khoảng 8 điểm" in said  # 1.4 times half of 10.55 points
    assert what_was_done.why(SOON, VIETNAMESE) == "chưa đủ ba tháng sau khi thực hiện"


@pytest.mark.parametrize("reason", what_was_done.REASONS)
def test_every_reason_has_words(reason: str) -> None:
    row = SOON | {"reason": reason}
    assert what_was_done.why(row, ENGLISH) == what_was_done.REASONS[reason][1]


def test_a_treasury_and_the_network_are_summed_up_in_a_sentence(content: Content) -> None:
    rows = [HELPED, WIDE, HELPED | {"treasury_code": "19", "verdict": "worse"}]
    content = dataclasses.replace(content, effects=rows, cases=[])
    assert what_was_done.summary(content, "34", VIETNAMESE) == (
        "2 hành động được ghi nhận trong 12 tháng: 1 có tác dụng, 1 chưa kết luận được."
    )
    assert "chưa ghi nhận" in what_was_done.summary(content, "48", VIETNAMESE)
    count = len(content.ranking)
    assert what_was_done.of_network(content, ENGLISH) == (
        f"2 of {count} treasuries acted, 3 times: 1 helped, 1 got worse, 1 of which it cannot be told."
    )
    assert [row["treasury_code"] for row in what_was_done.by_treasury(content)] == ["19", "34"]


def test_cases_are_told_in_fives_and_few_as_few(content: Content) -> None:
    least = {"least_open_count": 10, "least_overdue_count": 5, "least_reopened_count": 0}
    rows = [{"treasury_code": "34", **least}, {"treasury_code": "19", **dict.fromkeys(least, 0)}]
    content = dataclasses.replace(content, cases=rows, effects=[])
    assert what_was_done.cases(content, "34", VIETNAMESE) == "Vụ việc đang mở: 10–14; quá hạn: 5–9; mở lại: dưới 5."
    assert what_was_done.cases(content, "19", ENGLISH) == "Cases open: fewer than five, or none."
    assert what_was_done.cases(content, "99", ENGLISH) == ""
    assert what_was_done.network_cases(content, VIETNAMESE) == (
        "Có từ 5 vụ việc đang mở: 1 đơn vị; từ 5 vụ việc quá hạn: 1; từ 5 vụ việc mở lại: 0."
    )
    (row,) = what_was_done.by_treasury(content)  # it did nothing that is recorded, and has cases open
    assert (row["treasury_code"], row["action_count"], row["last_date"]) == ("34", 0, None)
    assert [what_was_done.about(one, ENGLISH) for one in (0, 5, 20)] == ["under 5", "5–9", "20–24"]
