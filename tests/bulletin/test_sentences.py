"""What is said of a figure in plain words: nothing is surer in words than it is in numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from etl.reports import certainty
from etl.reports.bulletin import sentences
from etl.reports.words import ENGLISH, VIETNAMESE

UP = Decimal("1.5766")

# fmt: off
RANKS = [
    # rank, of, low, high  | Vietnamese and English
    ((15, 63, 3, 40),       "Hạng 15 trên 63, có thể từ hạng 3 đến 40: trong 62 đơn vị khác, chỉ chắc chắn kém 2 "
                            "đơn vị và hơn 23 đơn vị; với 37 đơn vị còn lại, câu trả lời chưa cho biết hơn kém."),
    ((15, 63, 3, 40),       "Rank 15 of 63, could be anywhere from 3 to 40: of 62 others, it is surely behind 2 and "
                            "ahead of 23 only; from the other 37 the answers cannot tell it."),
    ((2, 63, 1, 40),        "Rank 2 of 63, could be anywhere from 1 to 40: of 62 others, it is surely ahead of 23 "
                            "only; from the other 39 the answers cannot tell it."),
    ((2, 63, 1, 63),        "Hạng 2 trên 63, có thể từ hạng 1 đến 63: câu trả lời chưa cho biết đơn vị này hơn hay "
                            "kém đơn vị nào."),
    ((2, 63, 1, 63),        "Rank 2 of 63, could be anywhere from 1 to 63: the answers do not tell it from any other."),
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
    ("below_action",  "Thấp hơn mức chung, khó là ngẫu nhiên (ngoài giới hạn hành động).",
                      "Below the network, hardly by chance (outside of the action limits)."),
    ("above_warning", "Cao hơn mức chung, có thể là ngẫu nhiên (ngoài giới hạn chú ý).",
                      "Above the network, perhaps by chance (outside of the warning limits)."),
]

NUMBERS = [
    # value           | decimals | signed | Vietnamese
    (-0.001,            2,         False,   "0,00"),
    (Decimal("-0.004"), 2,         True,    "0,00"),
    (Decimal("0.004"),  2,         True,    "0,00"),
    (-0.006,            2,         True,    "−0,01"),
    (1234.5,            1,         True,    "+1.234,5"),
    (0,                 0,         True,    "0"),
]

CHANCE = [
    # of how many | what is said of them
    (63,            "khoảng 5 trong 100 đơn vị (ở đây khoảng 3 trong 63) vẫn nằm ngoài giới hạn chú ý do ngẫu nhiên"),
    (0,             "khoảng 5 trong 100 đơn vị vẫn nằm ngoài giới hạn chú ý do ngẫu nhiên"),
    (5,             "khoảng 5 trong 100 đơn vị vẫn nằm ngoài giới hạn chú ý do ngẫu nhiên"),
]

COUNTS = [
    # read, loaded, turned away of each treasury; hidden | what is said
    ([(10, 8, 2)],                                         False, "đọc 10 phiếu, nạp 8, loại 2 (20,00\u00a0%) vì"),
    ([(10, 8, 2), (None, None, None)],                     True,  "Số phiếu của đơn vị được ẩn không tính ở đây."),
    ([(None, None, None)],                                 True,  "Không có số phiếu nào để nêu."),
    ([],                                                   False, "Không có số phiếu nào để nêu."),
]
# fmt: on


@pytest.mark.parametrize(("place", "said"), RANKS)
def test_a_rank_is_said_with_the_ranks_it_could_have(place: tuple[int | None, ...], said: str) -> None:
    row = dict(zip(("rank", "ranked_count", "rank_low", "rank_high"), place, strict=True))
    assert said in (certainty.rank(row, VIETNAMESE), certainty.rank(row, ENGLISH))


def test_a_ranking_says_how_many_pairs_the_answers_tell_apart() -> None:
    """Of four, one is behind two others, and they before it; the example is the third."""
    sets = [(1, 1, 3), (2, 1, 3), (3, 1, 4), (4, 3, 4)]
    rows = [
        {"rank": rank, "ranked_count": 4, "rank_low": low, "rank_high": high, "treasury_name_vi": f"KBNN {rank}"}
        | {"treasury_name_en": f"Treasury {rank}"}
        for rank, low, high in sets
    ]
    rows.append({"rank": None, "ranked_count": None, "rank_low": None, "rank_high": None})
    assert certainty.of_all(rows, ENGLISH) == (
        "Of 6 pairs of ranked treasuries, the answers tell for sure which is better in 2 "
        "(33\N{NO-BREAK SPACE}%). For example, Treasury 3: rank 3 of 4, could be anywhere from 1 to 4: the answers do "
        "not tell it from any other."
    )
    assert "Trong 6 cặp đơn vị được xếp hạng, câu trả lời chỉ đủ để nói chắc bên nào hơn ở 2 cặp" in certainty.of_all(
        rows, VIETNAMESE
    )
    assert certainty.of_all(rows[:1], ENGLISH) == ""


@pytest.mark.parametrize(("points", "movement", "notes", "vi", "cell"), CHANGES)
def test_a_change_is_called_clear_only_when_it_is(
    points: Any, movement: Any, notes: list[str], vi: str, cell: str
) -> None:
    row = {"change_points": points, "movement": movement, "footnote_codes": notes}
    assert (sentences.change(row, VIETNAMESE), VIETNAMESE.change(points, movement)) == (vi, cell)


def test_the_whole_network_is_not_compared_with_what_was_counted_otherwise() -> None:
    row = {"change_points": None, "movement": None, "is_comparable": False}
    assert sentences.change(row, ENGLISH) == "It cannot be compared with the period before."


@pytest.mark.parametrize(("flag", "vi", "en"), POSITIONS)
def test_a_position_is_said_in_words(flag: Any, vi: str, en: str) -> None:
    row = {"funnel_flag": flag}
    assert (sentences.position(row, VIETNAMESE), sentences.position(row, ENGLISH)) == (vi, en)


@pytest.mark.parametrize(("value", "decimals", "signed", "said"), NUMBERS)
def test_what_rounds_to_zero_has_no_sign(value: Any, decimals: int, signed: bool, said: str) -> None:
    assert VIETNAMESE.number(value, decimals, signed=signed) == said


@pytest.mark.parametrize(("count", "said"), CHANCE)
def test_it_is_said_how_many_lie_outside_by_chance_alone(count: int, said: str) -> None:
    rules = {"funnel": {"warning_level": 0.95, "action_level": 0.998}}
    assert said in sentences.chance(rules, VIETNAMESE, count)
    assert "(about 2 in 1,000)" in sentences.chance(rules, ENGLISH, count)


@pytest.mark.parametrize(("counts", "is_hidden", "said"), COUNTS)
def test_hidden_counts_are_no_zeros(counts: list[tuple[Any, ...]], is_hidden: bool, said: str) -> None:
    rows = [
        dict(zip(("read_count", "loaded_count", "turned_away_count"), of, strict=True))
        | {"footnote_codes": ["suppressed"] if of[0] is None else []}
        for of in counts
    ]
    told = sentences.came_in(rows, VIETNAMESE)
    assert said in told
    assert ("được ẩn" in told) == is_hidden
