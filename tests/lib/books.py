"""A code book of two criteria."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from etl.registry.codebook import CodeBook
from etl.registry.questionnaire import Questionnaire

HANOI, LONDON = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/London")
BOOK = CodeBook(
    units={"34.01": "34.01", "34.02": "34.02"},
    procedures={"account_open": "account_open", "Mở tài khoản": "account_open"},
    channels={"online": "online", "web": "online", "counter": "counter", "Tại quầy": "counter"},
    respondent_types={"individual": "individual", "Cá nhân": "individual"},
    questionnaire=Questionnaire.model_validate(
        {
            "code": "two",
            "valid_from": "2022-01-01",
            "scale": [
                {"level": level, "name_vi": str(level), "name_en": str(level), "labels": [str(level)]}
                for level in (1, 2, 3, 4, 5)
            ],
            "factors": [{"code": "f", "name_vi": "Yếu tố", "name_en": "Factor"}],
            "criteria": [{"code": code, "factor": "f", "name_vi": code, "name_en": code} for code in "ab"],
        }
    ),
    zone=HANOI,
)
