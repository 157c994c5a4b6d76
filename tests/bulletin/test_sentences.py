"""What is said of a figure in plain words: nothing is surer in words than it is in numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from etl.report.bulletin import sentences
from etl.report.bulletin.words import ENGLISH, VIETNAMESE

UP = Decimal("1.5766")

# fmt: off
RANKS = [
    # rank, of, low, high  | Vietnamese and English
    ((15, 63, 3, 40),       "Hạng 15 trên 63, có thể từ 3 đến 40."),
    ((15, 63, 3, 40),       "Rank 15 of 63, could be anywhere from 3 to 40."),
    ((63, 63, 63, 63),      "Hạng 63 trên 63; số phiếu đủ để chắc về hạng này."),
    ((63, 63, 63, 63),      "Rank 63 of 63; the answers leave no other rank open."),
    ((15, 63, None, None),  "Hạng 15 trên 63."),
    ((15, 63, None, None),  "Rank 15 of 63."),
    ((None,) * 4,           "Không xếp hạng."),
    ((None,) * 4,           "Not ranked."),
]

CHANGES = [
    # points | movement | notes                | what is said                                         | in a cell
    (UP,       "unclear", [],                    "+1,58 điểm so với kỳ trước: thay đổi không rõ ràng.", "(+1,58)"),
    (UP,       "up",      [],                    "+1,58 điểm so với kỳ trước: tăng rõ rệt.",            "▲ +1,58"),
    (-UP,      "down",    [],                    "−1,58 điểm so với kỳ trước: giảm rõ rệt.",            "▼ −1,58"),
    (UP,       None,      [],               "+1,58 điểm so với kỳ trước; không rõ có phải do ngẫu nhiên.", "(+1,58)"),
    (None,     None,      [],                    "Không có số liệu kỳ trước để so sánh.",               "–"),
    (None,     None,      ["definition_changed"], "Không so sánh được với kỳ trước.",                   "–"),
]

POSITIONS = [
    # flag          | Vietnamese                                  | English
    (None,            "",                                           ""),
    ("within",        "Không khác mức chung một cách rõ ràng.",     "Not clearly different from the network."),
    ("below_action",  "Thấp hơn hẳn mức chung.",                    "Far below the network."),
]
# fmt: on


@pytest.mark.parametrize(("place", "said"), RANKS)
def test_a_rank_is_said_with_the_ranks_it_could_have(place: tuple[int | None, ...], said: str) -> None:
    row = dict(zip(("rank", "ranked_count", "rank_low", "rank_high"), place, strict=True))
    assert said in (sentences.rank(row, VIETNAMESE), sentences.rank(row, ENGLISH))


@pytest.mark.parametrize(("points", "movement", "notes", "vi", "cell"), CHANGES)
def test_a_change_is_called_clear_only_when_it_is(
    points: Any, movement: Any, notes: list[str], vi: str, cell: str
) -> None:
    row = {"change_points": points, "movement": movement, "footnote_codes": notes}
    assert (sentences.change(row, VIETNAMESE), sentences.moved(row, VIETNAMESE)) == (vi, cell)


def test_the_whole_network_is_not_compared_with_what_was_counted_otherwise() -> None:
    row = {"change_points": None, "movement": None, "is_comparable": False}
    assert sentences.change(row, ENGLISH) == "It cannot be compared with the period before."


@pytest.mark.parametrize(("flag", "vi", "en"), POSITIONS)
def test_a_position_is_said_in_words(flag: Any, vi: str, en: str) -> None:
    row = {"funnel_flag": flag}
    assert (sentences.position(row, VIETNAMESE), sentences.position(row, ENGLISH)) == (vi, en)
