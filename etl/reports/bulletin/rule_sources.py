"""Where rules come from, in Vietnamese: rule sets that were used say it in English, and are never edited."""

from __future__ import annotations

from etl.reports.words import Language

_IN_VIETNAMESE = {
    "Decision 766/QD-TTg": "Quyết định 766/QĐ-TTg",
    "general knowledge, to be confirmed by KBNN": "kiến thức chung, chờ KBNN xác nhận",
    "Rate: share of answers at the top two levels over all answers (Ministry of Home Affairs, Decision 2640/QD-BNV "
    "2017). KBNN's own grade bands were not found in public; these are those of the service index, Decision "
    "766/QD-TTg.": "Tỷ lệ: số câu trả lời ở hai mức cao nhất chia cho tổng số câu trả lời (Bộ Nội vụ, Quyết định "
    "2640/QĐ-BNV năm 2017). Không tìm thấy khung xếp loại riêng của KBNN trong tài liệu công khai; đây là khung của bộ "
    "chỉ số phục vụ theo Quyết định 766/QĐ-TTg.",
}
"""The texts of the shipped rule sets."""


def said(source: str, language: Language) -> str:
    """A source in a language; one without a translation as its rule set has it."""
    if not language.is_vietnamese:
        return source
    return _IN_VIETNAMESE.get(" ".join(source.split()), source)
