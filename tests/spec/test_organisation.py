"""The organisation in time: 63 provincial treasuries, 20 regional ones, 34 provinces, and who came after whom."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from etl import registry, settings
from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth
from etl.registry import Registry, codebook, dimensions, succession
from etl.registry.network import Treasury, Unit
from etl.registry.ruled import Ruled

MARCH, APRIL, JULY = SurveyMonth(2025, 3), SurveyMonth(2025, 4), SurveyMonth(2025, 7)
FIRST_OF_APRIL, FIRST_OF_JULY = dt.date(2025, 4, 1), dt.date(2025, 7, 1)

# fmt: off
OPEN = [
    # month   | of the 63 | of the 20 | of the 34
    ("2008-08", 63,         0,          0),
    ("2025-02", 63,         0,          0),
    ("2025-03", 63,        20,          0),     # both, each with its own days
    ("2025-04",  0,        20,          0),
    ("2025-06",  0,        20,          0),
    ("2025-07",  0,         0,         34),
    ("2026-01",  0,         0,         34),
]

WENT_INTO = [
    # until 14 March 2025        | region | province since 1 July 2025
    ("01", "Hà Nội",               "I",      "01", "Hà Nội"),
    ("02", "Hà Giang",             "VII",    "08", "Tuyên Quang"),
    ("04", "Cao Bằng",             "VI",     "04", "Cao Bằng"),
    ("06", "Bắc Kạn",              "VI",     "19", "Thái Nguyên"),
    ("08", "Tuyên Quang",          "VII",    "08", "Tuyên Quang"),
    ("10", "Lào Cai",              "VIII",   "15", "Lào Cai"),
    ("11", "Điện Biên",            "IX",     "11", "Điện Biên"),
    ("12", "Lai Châu",             "IX",     "12", "Lai Châu"),
    ("14", "Sơn La",               "IX",     "14", "Sơn La"),
    ("15", "Yên Bái",              "VIII",   "15", "Lào Cai"),
    ("17", "Hòa Bình",             "IX",     "25", "Phú Thọ"),
    ("19", "Thái Nguyên",          "VII",    "19", "Thái Nguyên"),
    ("20", "Lạng Sơn",             "VI",     "20", "Lạng Sơn"),
    ("22", "Quảng Ninh",           "III",    "22", "Quảng Ninh"),
    ("24", "Bắc Giang",            "VI",     "24", "Bắc Ninh"),
    ("25", "Phú Thọ",              "VIII",   "25", "Phú Thọ"),
    ("26", "Vĩnh Phúc",            "VIII",   "25", "Phú Thọ"),
    ("27", "Bắc Ninh",             "V",      "24", "Bắc Ninh"),
    ("30", "Hải Dương",            "V",      "31", "Hải Phòng"),
    ("31", "Hải Phòng",            "III",    "31", "Hải Phòng"),
    ("33", "Hưng Yên",             "IV",     "33", "Hưng Yên"),
    ("34", "Thái Bình",            "V",      "33", "Hưng Yên"),
    ("35", "Hà Nam",               "IV",     "37", "Ninh Bình"),
    ("36", "Nam Định",             "IV",     "37", "Ninh Bình"),
    ("37", "Ninh Bình",            "IV",     "37", "Ninh Bình"),
    ("38", "Thanh Hóa",            "X",      "38", "Thanh Hóa"),
    ("40", "Nghệ An",              "X",      "40", "Nghệ An"),
    ("42", "Hà Tĩnh",              "XI",     "42", "Hà Tĩnh"),
    ("44", "Quảng Bình",           "XI",     "44", "Quảng Trị"),
    ("45", "Quảng Trị",            "XI",     "44", "Quảng Trị"),
    ("46", "Thừa Thiên Huế",       "XII",    "46", "Huế"),
    ("48", "Đà Nẵng",              "XII",    "48", "Đà Nẵng"),
    ("49", "Quảng Nam",            "XII",    "48", "Đà Nẵng"),
    ("51", "Quảng Ngãi",           "XII",    "51", "Quảng Ngãi"),
    ("52", "Bình Định",            "XIII",   "52", "Gia Lai"),
    ("54", "Phú Yên",              "XIII",   "66", "Đắk Lắk"),
    ("56", "Khánh Hòa",            "XIII",   "56", "Khánh Hòa"),
    ("58", "Ninh Thuận",           "XV",     "56", "Khánh Hòa"),
    ("60", "Bình Thuận",           "XV",     "68", "Lâm Đồng"),
    ("62", "Kon Tum",              "XIV",    "51", "Quảng Ngãi"),
    ("64", "Gia Lai",              "XIV",    "52", "Gia Lai"),
    ("66", "Đắk Lắk",              "XIV",    "66", "Đắk Lắk"),
    ("67", "Đắk Nông",             "XIV",    "68", "Lâm Đồng"),
    ("68", "Lâm Đồng",             "XIII",   "68", "Lâm Đồng"),
    ("70", "Bình Phước",           "XVI",    "75", "Đồng Nai"),
    ("72", "Tây Ninh",             "XVI",    "80", "Tây Ninh"),
    ("74", "Bình Dương",           "XVI",    "79", "Hồ Chí Minh"),
    ("75", "Đồng Nai",             "XV",     "75", "Đồng Nai"),
    ("77", "Bà Rịa - Vũng Tàu",    "XV",     "79", "Hồ Chí Minh"),
    ("79", "Hồ Chí Minh",          "II",     "79", "Hồ Chí Minh"),
    ("80", "Long An",              "XVII",   "80", "Tây Ninh"),
    ("82", "Tiền Giang",           "XVII",   "82", "Đồng Tháp"),
    ("83", "Bến Tre",              "XVIII",  "86", "Vĩnh Long"),
    ("84", "Trà Vinh",             "XVIII",  "86", "Vĩnh Long"),
    ("86", "Vĩnh Long",            "XVII",   "86", "Vĩnh Long"),
    ("87", "Đồng Tháp",            "XIX",    "82", "Đồng Tháp"),
    ("89", "An Giang",             "XIX",    "91", "An Giang"),
    ("91", "Kiên Giang",           "XX",     "91", "An Giang"),
    ("92", "Cần Thơ",              "XIX",    "92", "Cần Thơ"),
    ("93", "Hậu Giang",            "XIX",    "92", "Cần Thơ"),
    ("94", "Sóc Trăng",            "XVIII",  "92", "Cần Thơ"),
    ("95", "Bạc Liêu",             "XX",     "96", "Cà Mau"),
    ("96", "Cà Mau",               "XX",     "96", "Cà Mau"),
]

SUMMED = [
    # code in July 2025 | the treasuries of 2023 that it sums up
    ("25",  {"Phú Thọ", "Vĩnh Phúc", "Hòa Bình"}),
    ("79",  {"Hồ Chí Minh", "Bình Dương", "Bà Rịa - Vũng Tàu"}),
    ("33",  {"Hưng Yên", "Thái Bình"}),
    ("19",  {"Thái Nguyên", "Bắc Kạn"}),
    ("15",  {"Lào Cai", "Yên Bái"}),
    ("01",  {"Hà Nội"}),
]

REUSED = [
    # code | its bearer until March 2025 | its bearer since July 2025 | which of 2023 is named so
    ("15",   "KBNN Yên Bái",               "KBNN Lào Cai",              "10"),
    ("24",   "KBNN Bắc Giang",             "KBNN Bắc Ninh",             "27"),
    ("44",   "KBNN Quảng Bình",            "KBNN Quảng Trị",            "45"),
    ("46",   "KBNN Thừa Thiên Huế",        "KBNN Huế",                  None),
    ("52",   "KBNN Bình Định",             "KBNN Gia Lai",              "64"),
    ("80",   "KBNN Long An",               "KBNN Tây Ninh",             "72"),
    ("82",   "KBNN Tiền Giang",            "KBNN Đồng Tháp",            "87"),
    ("91",   "KBNN Kiên Giang",            "KBNN An Giang",             "89"),
]

DIVIDED = [
    # regional treasury | the provinces into which it was divided
    ("KV03",  "22 KBNN Quảng Ninh and 31 KBNN Hải Phòng"),
    ("KV08",  "15 KBNN Lào Cai and 25 KBNN Phú Thọ"),
    ("KV20",  "91 KBNN An Giang and 96 KBNN Cà Mau"),
]

DAYS = [
    # treasury | asked for                   | its days, the end not included
    ("34",       SurveyMonth(2023, 7),         "2023-07-01T00:00:00+07:00", "2023-08-01T00:00:00+07:00"),
    ("34",       MARCH,                        "2025-03-01T00:00:00+07:00", "2025-03-15T00:00:00+07:00"),
    ("KV05",     MARCH,                        "2025-03-15T00:00:00+07:00", "2025-04-01T00:00:00+07:00"),
    ("KV05",     SurveyMonth(2025, 6),         "2025-06-01T00:00:00+07:00", "2025-07-01T00:00:00+07:00"),
    ("33",       JULY,                         "2025-07-01T00:00:00+07:00", "2025-08-01T00:00:00+07:00"),
]
# fmt: on


@pytest.fixture(scope="module")
def kbnn() -> Registry:
    """The shipped registry, whatever the environment points to."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("HAILONG_CONFIG", raising=False)
        return registry.load(settings.read().config)


def refusal(of: Callable[[], object]) -> str:
    """The message of the error that must be raised."""
    with pytest.raises(Misdeclared) as caught:
        of()
    assert caught.value.next_action
    return str(caught.value)


def of_2023(kbnn: Registry) -> tuple[Treasury, ...]:
    """The 63."""
    return kbnn.treasuries_in(SurveyMonth(2023, 7))


@pytest.mark.parametrize(("month", "provincial", "regional", "provinces"), OPEN)
def test_a_month_has_the_treasuries_of_its_regime(
    month: str, provincial: int, regional: int, provinces: int, kbnn: Registry
) -> None:
    begun = Counter(treasury.valid_from for treasury in kbnn.treasuries_in(SurveyMonth.parse(month)))
    assert begun == Counter(
        {dt.date(2008, 8, 1): provincial, dt.date(2025, 3, 15): regional, dt.date(2025, 7, 1): provinces}
    )


def test_each_regime_ends_the_day_before_the_next_begins(kbnn: Registry) -> None:
    assert {(t.valid_from, t.valid_to) for t in kbnn.treasuries} == {
        (dt.date(2008, 8, 1), dt.date(2025, 3, 14)),
        (dt.date(2025, 3, 15), dt.date(2025, 6, 30)),
        (dt.date(2025, 7, 1), None),
    }


def test_the_table_has_all_of_the_63_the_20_and_the_34(kbnn: Registry) -> None:
    assert [code for code, *_ in WENT_INTO] == [treasury.code for treasury in of_2023(kbnn)]
    assert {f"KBNN khu vực {region}" for _, _, region, _, _ in WENT_INTO} == {
        treasury.name_vi for treasury in kbnn.treasuries_in(APRIL)
    }
    assert {(code, f"KBNN {name}") for _, _, _, code, name in WENT_INTO} == {
        (treasury.code, treasury.name_vi) for treasury in kbnn.treasuries_in(JULY)
    }


@pytest.mark.parametrize(("code", "name", "region", "later_code", "later_name"), WENT_INTO)
def test_a_treasury_leads_to_one_region_and_then_to_one_province(
    code: str, name: str, region: str, later_code: str, later_name: str, kbnn: Registry
) -> None:
    treasury = kbnn.treasury(code, SurveyMonth(2023, 7))
    assert treasury.name_vi == f"KBNN {name}"
    assert kbnn.successor(treasury, FIRST_OF_APRIL).name_vi == f"KBNN khu vực {region}"
    province = kbnn.successor(treasury, FIRST_OF_JULY)
    assert (province.code, province.name_vi) == (later_code, f"KBNN {later_name}")


@pytest.mark.parametrize("day", ["2008-08-01", "2023-07-01", "2025-03-14"])
def test_a_treasury_that_is_open_carries_itself_on(day: str, kbnn: Registry) -> None:
    assert [kbnn.successor(t, dt.date.fromisoformat(day)) for t in of_2023(kbnn)] == list(of_2023(kbnn))


@pytest.mark.parametrize(("code", "names"), SUMMED)
def test_a_province_of_2025_sums_up_the_treasuries_that_went_into_it(
    code: str, names: set[str], kbnn: Registry
) -> None:
    province = kbnn.treasury(code, JULY)
    found = {t.name_vi.removeprefix("KBNN ") for t in of_2023(kbnn) if kbnn.successor(t, FIRST_OF_JULY) == province}
    assert found == names


@pytest.mark.parametrize(("code", "before", "after", "named_so"), REUSED)
def test_a_code_used_again_names_two_offices_that_share_nothing(
    code: str, before: str, after: str, named_so: str | None, kbnn: Registry
) -> None:
    old, new = kbnn.treasury(code, SurveyMonth(2023, 7)), kbnn.treasury(code, JULY)
    assert (old.name_vi, new.name_vi) == (before, after)
    assert (old.connection_name, new.connection_name) == (code, f"{code}_2025")
    assert kbnn.units_of(old)
    assert not set(kbnn.units_of(old)) & set(kbnn.units_of(new))
    assert kbnn.successor(old, FIRST_OF_JULY) == new
    if named_so:
        assert kbnn.treasury(named_so, SurveyMonth(2023, 7)).name_vi == after
        assert kbnn.successor(kbnn.treasury(named_so, SurveyMonth(2023, 7)), FIRST_OF_JULY) == new


def test_these_eight_codes_and_no_other_were_used_again_for_another_name(kbnn: Registry) -> None:
    names = {treasury.code: treasury.name_vi for treasury in of_2023(kbnn)}
    changed = {t.code for t in kbnn.treasuries_in(JULY) if t.name_vi != names[t.code]}
    assert changed == {code for code, *_ in REUSED}


def test_an_office_that_goes_on_keeps_its_connection(kbnn: Registry) -> None:
    assert kbnn.treasury("01", JULY).connection_name == kbnn.treasury("01", SurveyMonth(2023, 7)).connection_name
    assert kbnn.treasury("KV01", APRIL).connection_name == "KV01"


@pytest.mark.parametrize(("code", "provinces"), DIVIDED)
def test_a_regional_treasury_that_was_divided_is_not_carried_on_as_a_whole(
    code: str, provinces: str, kbnn: Registry
) -> None:
    regional = kbnn.treasury(code, APRIL)
    message = refusal(lambda: kbnn.successor(regional, FIRST_OF_JULY))
    assert f"treasury {code} {regional.name_vi} was divided: on 2025-07-01 its successors are {provinces}" in message
    assert "treasuries.yaml:" in message
    assert "succeeded_by in" in message


def test_a_regional_treasury_of_one_province_is_carried_on_as_a_whole(kbnn: Registry) -> None:
    assert kbnn.successor(kbnn.treasury("KV01", APRIL), FIRST_OF_JULY) == kbnn.treasury("01", JULY)


def test_a_series_is_not_re_based_backwards(kbnn: Registry) -> None:
    message = refusal(lambda: kbnn.successor(kbnn.treasury("25", JULY), dt.date(2023, 7, 1)))
    assert "treasury 25 KBNN Phú Thọ begins on 2025-07-01 and cannot be re-based to 2023-07-01" in message
    assert "treasuries.yaml:" in message


def test_a_treasury_without_a_successor_on_a_day_is_named(kbnn: Registry) -> None:
    until_june = replace(kbnn, treasuries=tuple(t for t in kbnn.treasuries if t.valid_to))
    message = refusal(lambda: until_june.successor(kbnn.treasury("34", MARCH), FIRST_OF_JULY))
    assert "treasury 34 KBNN Thái Bình has no successor that is open on 2025-07-01" in message
    assert "treasuries.yaml:" in message


def test_a_unit_goes_where_it_says_and_otherwise_where_its_treasury_went(kbnn: Registry) -> None:
    office = {"name_vi": "Phòng giao dịch", "name_en": "Transaction office", "kind": "transaction_office"}
    units = {
        "KV08": (Unit(code="1", succeeded_by="15", **office), Unit(code="2", **office)),
        "KV01": (Unit(code="3", **office),),
    }
    divided, whole = kbnn.treasury("KV08", APRIL), kbnn.treasury("KV01", APRIL)
    kbnn = replace(kbnn, units=units)
    assert kbnn.successor_of_unit(divided, "1", FIRST_OF_APRIL) == divided
    assert kbnn.successor_of_unit(divided, "1", FIRST_OF_JULY).name_vi == "KBNN Lào Cai"
    assert kbnn.successor_of_unit(whole, "3", FIRST_OF_JULY).name_vi == "KBNN Hà Nội"
    for code in ("2", "unstated"):
        assert "was divided" in refusal(lambda code=code: kbnn.successor_of_unit(divided, code, FIRST_OF_JULY))


def test_a_successors_code_means_its_first_bearer_afterwards_however_often_it_is_used_again(kbnn: Registry) -> None:
    lao_cai = kbnn.treasury("15", JULY)
    ended = lao_cai.model_copy(update={"valid_to": dt.date(2030, 12, 31), "succeeded_by": ("25",)})
    stranger = lao_cai.model_copy(update={"valid_from": dt.date(2031, 1, 1), "name_vi": "KBNN Khác"})
    others = tuple(t for t in kbnn.treasuries if t is not lao_cai)
    later = replace(kbnn, treasuries=(*others, ended, stranger))
    assert later.successor(kbnn.treasury("15", MARCH), dt.date(2031, 6, 1)).name_vi == "KBNN Phú Thọ"


def test_units_are_found_by_code_for_the_first_bearer_and_by_day_for_a_later_one(kbnn: Registry) -> None:
    desk = Unit(code="desk", name_vi="Quầy", name_en="Desk", kind="department")
    dated = replace(kbnn, units={**kbnn.units, "15@2025-07-01": (desk,)})
    old, new = kbnn.treasury("15", MARCH), kbnn.treasury("15", JULY)
    assert dated.units_of(new) == (desk,)
    assert dated.units_of(old) == kbnn.units["15"]
    assert replace(kbnn, units={"15@2008-08-01": (desk,)}).units_of(old) == (desk,)
    assert codebook.of(dated, new, JULY).units == {"desk": "desk"}


@pytest.mark.parametrize(("code", "month", "start", "end"), DAYS)
def test_a_treasury_is_asked_for_its_own_days_of_a_month(
    code: str, month: SurveyMonth, start: str, end: str, kbnn: Registry
) -> None:
    days = kbnn.days_of(kbnn.treasury(code, month), month)
    assert [day.isoformat() for day in days] == [start, end]


def test_the_days_of_whole_months_are_the_bounds_of_the_month(kbnn: Registry) -> None:
    for month in (SurveyMonth(2023, 7), SurveyMonth(2024, 2), JULY):
        assert {kbnn.days_of(t, month) for t in kbnn.treasuries_in(month)} == {month.bounds(kbnn.zone())}


def test_a_treasury_has_no_days_in_a_month_in_which_it_is_closed(kbnn: Registry) -> None:
    thai_binh = kbnn.treasury("34", MARCH)
    assert "treasury 34 KBNN Thái Bình is not open in 2025-04" in refusal(lambda: kbnn.days_of(thai_binh, APRIL))


def test_the_dimensions_say_who_came_after_whom(kbnn: Registry) -> None:
    declared = dimensions.rows(Ruled.in_force(kbnn, Period.of_month(JULY)))
    names = list(declared)
    assert names.index("treasury") < names.index("succession")
    rows = declared["succession"]
    assert {tuple(row) for row in rows} == {("treasury_code", "valid_from", "successor_code", "successor_valid_from")}
    of_yen_bai = [row for row in rows if (row["treasury_code"], row["valid_from"].year) == ("15", 2008)]
    assert [(row["successor_code"], row["successor_valid_from"]) for row in of_yen_bai] == [
        ("KV08", dt.date(2025, 3, 15)),
        ("15", dt.date(2025, 7, 1)),
    ]
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert not [row for row in rows if row["valid_from"] == dt.date(2025, 7, 1)]


def test_the_pairs_of_the_63_are_one_for_each_later_regime(kbnn: Registry) -> None:
    found = Counter((old.code, new.valid_from) for old, new in succession.pairs(kbnn.treasuries) if old.code[0] != "K")
    assert len(found) == 2 * 63
    assert set(found.values()) == {1}


def test_only_the_first_bearer_of_a_code_has_the_units_of_the_code(kbnn: Registry) -> None:
    rows = dimensions.rows(Ruled.in_force(kbnn, Period.of_month(JULY)))["unit"]
    assert {row["code"] for row in rows} == {"unstated"}
    assert all(kbnn.units_of(treasury) == kbnn.units[treasury.code] for treasury in of_2023(kbnn))
