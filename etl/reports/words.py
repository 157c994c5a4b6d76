"""The two languages of what people read: which of two texts is said, and how figures are written and marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl import vietnamese

Pair = tuple[str, str]
"""The same in Vietnamese and in English."""
Number = int | float | Decimal
PROVINCES: Pair = (
    "Số phiếu và câu trả lời gửi đến các kho bạc tỉnh trước đây nằm trên địa bàn tỉnh ngày nay, cộng lại; đây là số "
    "liệu theo địa bàn, không phải kết quả đánh giá một đơn vị.",
    "The answers given to the former provincial treasuries that lay in today's province, summed; this is geography, "
    "and no rating of an office.",
)
"""What a figure of a province is."""
NO_BREAK = "\N{NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"
"""What stands where there is no value."""
_ARROWS = {"up": "▲", "down": "▼"}
"""The marks of changes that are more than chance."""


@dataclass(frozen=True)
class Language:
    """One of the two languages.

    Vietnamese writes ``93,64 %`` and ``1.234``, English ``93.64 %`` and ``1,234``.
    """

    code: str

    @property
    def is_vietnamese(self) -> bool:
        """Whether it is Vietnamese."""
        return self.code == "vi"

    @property
    def decimal_mark(self) -> str:
        """What separates the decimals."""
        return "," if self.is_vietnamese else "."

    @property
    def thousands_mark(self) -> str:
        """What separates groups of three digits."""
        return "." if self.is_vietnamese else ","

    @property
    def hidden(self) -> str:
        """What stands where a figure may not be shown."""
        return self.say("ẩn", "hidden")

    def say(self, vi: str, en: str) -> str:
        """The text in this language."""
        return vi if self.is_vietnamese else en

    def name(self, row: dict[str, Any], what: str) -> str:
        """A row's name of something in this language.

        ``name(row, "treasury")`` is ``treasury_name_vi`` or ``treasury_name_en``.
        """
        return str(row[f"{what}_name_{self.code}"] or "")

    def number(self, value: Number | None, decimals: int = 0, *, signed: bool = False) -> str:
        """A number with this language's marks; a dash for none.

        The minus is a true one, and what rounds to zero has no sign.
        """
        if value is None:
            return NOTHING
        is_zero = not round(value, decimals)
        sign = "+" if signed and not is_zero else ""
        text = f"{0 if is_zero else value:{sign},.{decimals}f}".replace("-", "\N{MINUS SIGN}")
        return text.translate(str.maketrans(",.", self.thousands_mark + self.decimal_mark))

    def percent(self, rate: Number | None, decimals: int = 2) -> str:
        """A rate of 0 to 1 in per cent."""
        return NOTHING if rate is None else f"{self.number(100 * rate, decimals)}{NO_BREAK}%"

    def points(self, value: Number | None, decimals: int = 2) -> str:
        """A difference in percentage points with its sign."""
        return self.number(value, decimals, signed=True)

    def change(self, points: Number | None, movement: str | None) -> str:
        """A change in points: an arrow where it is clear, else brackets."""
        if points is None:
            return NOTHING
        arrow = _ARROWS.get(movement or "")
        return f"{arrow} {self.points(points)}" if arrow else f"({self.points(points)})"

    def interval(self, low: Number | None, high: Number | None, decimals: int = 2) -> str:
        """An interval of rates of 0 to 1, in per cent."""
        if low is None or high is None:
            return NOTHING
        return f"{self.number(100 * low, decimals)}–{self.number(100 * high, decimals)}{NO_BREAK}%"

    def ranks(self, low: int | None, high: int | None) -> str:
        """A set of ranks from the best to the worst."""
        if low is None or high is None:
            return NOTHING
        return str(low) if low == high else f"{low}–{high}"

    def date(self, day: dt.date) -> str:
        """A day: 8/8/2023, or 8 August 2023."""
        return f"{day.day}/{day.month}/{day.year}" if self.is_vietnamese else f"{day.day} {day:%B %Y}"


def both(text: str, between: str = "\n") -> str:
    """A message in Vietnamese, and behind it in English; once where both are the same."""
    translated = vietnamese.said(text, "vi")
    return text if translated == text else f"{translated}{between}{text}"


VIETNAMESE, ENGLISH = Language("vi"), Language("en")
LANGUAGES = {language.code: language for language in (VIETNAMESE, ENGLISH)}
