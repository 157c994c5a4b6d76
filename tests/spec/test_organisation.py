"""The organisation in time: 63 provincial treasuries, 20 regional ones twice, and 34 provinces that are no offices."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from etl import registry, settings
from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth
from etl.registry import Registry, codebook, dimensions, provinces, succession
from etl.registry.network import Treasury, Unit
from etl.registry.ruled import Ruled

MARCH, APRIL, JULY = SurveyMonth(2025, 3), SurveyMonth(2025, 4), SurveyMonth(2025, 7)
FIRST_OF_APRIL, FIRST_OF_JULY = dt.date(2025, 4, 1), dt.date(2025, 7, 1)

# fmt: off
OPEN = [
    # month   | of the 63 | of the 20 | of the 20 since July 2025
    ("2008-08", 63,         0,          0),
    ("2025-02", 63,         0,          0),
    ("2025-03", 63,        20,          0),     # both, each with its own days
    ("2025-04",  0,        20,          0),
    ("2025-06",  0,        20,          0),
    ("2025-07",  0,         0,         20),
    ("2026-01",  0,         0,         20),
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
    # code of a province since July 2025 | the treasuries of 2023 that lay in it
    ("25",  {"Phú Thọ", "Vĩnh Phúc", "Hòa Bình"}),
    ("79",  {"Hồ Chí Minh", "Bình Dương", "Bà Rịa - Vũng Tàu"}),
    ("33",  {"Hưng Yên", "Thái Bình"}),
    ("19",  {"Thái Nguyên", "Bắc Kạn"}),
    ("15",  {"Lào Cai", "Yên Bái"}),
    ("01",  {"Hà Nội"}),
]

REUSED = [
    # code | its treasury until March 2025 | the province since July 2025
    ("15",   "KBNN Yên Bái",                  "Lào Cai"),
    ("24",   "KBNN Bắc Giang",                "Bắc Ninh"),
    ("44",   "KBNN Quảng Bình",               "Quảng Trị"),
    ("46",   "KBNN Thừa Thiên Huế",           "Huế"),
    ("52",   "KBNN Bình Định",                "Gia Lai"),
    ("80",   "KBNN Long An",                  "Tây Ninh"),
    ("82",   "KBNN Tiền Giang",               "Đồng Tháp"),
    ("91",   "KBNN Kiên Giang",               "An Giang"),
]

TOLD = [
    # region since July 2025 | provinces that a source names
    ("I",     {"Hà Nội"}),
    ("II",    {"Hồ Chí Minh"}),
    ("XI",    {"Thanh Hóa", "Nghệ An"}),
    ("XII",   {"Quảng Trị"}),
    ("XIV",   {"Khánh Hòa", "Đắk Lắk"}),
    ("XV",    {"Quảng Ngãi"}),
    ("XVII",  {"Đồng Nai"}),
    ("XX",    {"Cà Mau"}),
]

DAYS = [
    # treasury | asked for                   | its days, the end not included
    ("34",       SurveyMonth(2023, 7),         "2023-07-01T00:00:00+07:00", "2023-08-01T00:00:00+07:00"),
    ("34",       MARCH,                        "2025-03-01T00:00:00+07:00", "2025-03-15T00:00:00+07:00"),
    ("KV05",     MARCH,                        "2025-03-15T00:00:00+07:00", "2025-04-01T00:00:00+07:00"),
    ("KV05",     SurveyMonth(2025, 6),         "2025-06-01T00:00:00+07:00", "2025-07-01T00:00:00+07:00"),
    ("KV05_202507", JULY,                      "2025-07-01T00:00:00+07:00", "2025-08-01T00:00:00+07:00"),
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


@pytest.mark.parametrize(("month", "provincial", "regional", "later"), OPEN)
def test_a_month_has_the_treasuries_of_its_regime(
    month: str, provincial: int, regional: int, later: int, kbnn: Registry
) -> None:
    begun = Counter(treasury.valid_from for treasury in kbnn.treasuries_in(SurveyMonth.parse(month)))
    assert begun == Counter(
        {dt.date(2008, 8, 1): provincial, dt.date(2025, 3, 15): regional, dt.date(2025, 7, 1): later}
    )


def test_each_regime_ends_the_day_before_the_next_begins(kbnn: Registry) -> None:
    assert {(t.valid_from, t.valid_to) for t in kbnn.treasuries} == {
        (dt.date(2008, 8, 1), dt.date(2025, 3, 14)),
        (dt.date(2025, 3, 15), dt.date(2025, 6, 30)),
        (dt.date(2025, 7, 1), None),
    }


def test_the_table_has_all_of_the_63_the_20_and_the_34_provinces(kbnn: Registry) -> None:
    assert [code for code, *_ in WENT_INTO] == [treasury.code for treasury in of_2023(kbnn)]
    assert {f"KBNN khu vực {region}" for _, _, region, _, _ in WENT_INTO} == {
        treasury.name_vi for treasury in kbnn.treasuries_in(APRIL)
    }
    assert {(code, name) for _, _, _, code, name in WENT_INTO} == {
        (province.code, province.name_vi) for province in kbnn.provinces
    }


@pytest.mark.parametrize(("code", "name", "region", "later_code", "later_name"), WENT_INTO)
def test_a_treasury_leads_to_one_region_and_lay_in_one_province_of_today(
    code: str, name: str, region: str, later_code: str, later_name: str, kbnn: Registry
) -> None:
    treasury = kbnn.treasury(code, SurveyMonth(2023, 7))
    assert treasury.name_vi == f"KBNN {name}"
    assert kbnn.successor(treasury, FIRST_OF_APRIL).name_vi == f"KBNN khu vực {region}"
    (province,) = [one for one, part in provinces.pairs(kbnn.provinces, kbnn.treasuries) if part is treasury]
    assert (province.code, province.name_vi) == (later_code, later_name)


@pytest.mark.parametrize("day", ["2008-08-01", "2023-07-01", "2025-03-14"])
def test_a_treasury_that_is_open_carries_itself_on(day: str, kbnn: Registry) -> None:
    assert [kbnn.successor(t, dt.date.fromisoformat(day)) for t in of_2023(kbnn)] == list(of_2023(kbnn))


@pytest.mark.parametrize(("code", "names"), SUMMED)
def test_a_province_of_2025_has_the_treasuries_that_lay_in_it(code: str, names: set[str], kbnn: Registry) -> None:
    lay_in = provinces.pairs(kbnn.provinces, kbnn.treasuries)
    assert {part.name_vi.removeprefix("KBNN ") for one, part in lay_in if one.code == code} == names


@pytest.mark.parametrize(("code", "before", "after"), REUSED)
def test_a_code_used_again_for_a_province_is_another_name(code: str, before: str, after: str, kbnn: Registry) -> None:
    assert kbnn.treasury(code, SurveyMonth(2023, 7)).name_vi == before
    assert next(one.name_vi for one in kbnn.provinces if one.code == code) == after


def test_these_eight_codes_and_no_other_were_used_again_for_another_name(kbnn: Registry) -> None:
    names = {treasury.code: treasury.name_vi for treasury in of_2023(kbnn)}
    changed = {one.code for one in kbnn.provinces if f"KBNN {one.name_vi}" != names[one.code]}
    assert changed == {code for code, *_ in REUSED}


def test_the_regional_treasuries_were_renumbered_and_no_code_means_two_of_them(kbnn: Registry) -> None:
    march, july = kbnn.treasuries_in(APRIL), kbnn.treasuries_in(JULY)
    assert [t.name_vi for t in march] == [t.name_vi for t in july]
    assert not {t.code.lower() for t in march} & {t.code.lower() for t in july}
    assert not {t.connection_name for t in march} & {t.connection_name for t in july}


@pytest.mark.parametrize(("region", "names"), TOLD)
def test_of_a_region_since_july_2025_no_more_is_told_than_a_source_says(
    region: str, names: set[str], kbnn: Registry
) -> None:
    (treasury,) = [t for t in kbnn.treasuries_in(JULY) if t.name_vi == f"KBNN khu vực {region}"]
    by_code = {province.code: province.name_vi for province in kbnn.provinces}
    assert {by_code[known.province] for known in treasury.known or () if known.is_told} == names
    assert all(known.source for known in treasury.known or ())


def test_of_the_other_regions_nothing_is_told_and_nowhere_all(kbnn: Registry) -> None:
    told = {t.name_vi for t in kbnn.treasuries_in(JULY) if any(known.is_told for known in t.known or ())}
    assert told == {f"KBNN khu vực {region}" for region, _ in TOLD}
    assert [t.code for t in kbnn.treasuries_in(JULY) if t.known is None or t.succeeded_by] == []
    assert [t.code for t in kbnn.treasuries_in(APRIL) if t.succeeded_by or t.known is not None] == []


@pytest.mark.parametrize(("code", "month"), [("34", SurveyMonth(2023, 7)), ("01", MARCH), ("KV05", APRIL)])
def test_into_which_region_of_july_2025_an_office_went_is_refused_as_not_known(
    code: str, month: SurveyMonth, kbnn: Registry
) -> None:
    treasury = kbnn.treasury(code, month)
    for on in (FIRST_OF_JULY, dt.date(2026, 11, 1)):
        message = refusal(lambda on=on: kbnn.successor(treasury, on))
        assert f"treasury {code} {treasury.name_vi} cannot be re-based to {on}" in message
        assert "which of the 20 offices KV01_202507 to KV20_202507" in message
        assert "the list is not known" in message
        assert "treasuries.yaml:" in message
        assert "hailong provinces" in message


def test_a_list_that_is_supplied_is_followed(kbnn: Registry) -> None:
    supplied = {"KV10": ("KV11_202507",)}
    declared = tuple(
        t.model_copy(update={"succeeded_by": supplied[t.code]}) if t.code in supplied else t for t in kbnn.treasuries
    )
    listed = replace(kbnn, treasuries=declared)
    assert listed.successor(kbnn.treasury("38", MARCH), FIRST_OF_JULY).code == "KV11_202507"
    assert "the list is not known" in refusal(lambda: listed.successor(kbnn.treasury("34", MARCH), FIRST_OF_JULY))


def test_the_34_are_withdrawn_with_a_reason_and_open_in_no_month(kbnn: Registry) -> None:
    withdrawn = [t for t in kbnn.treasuries if t.withdrawn]
    assert len(withdrawn) == 34
    assert {(t.valid_from, t.valid_to) for t in withdrawn} == {(FIRST_OF_JULY, None)}
    assert all("20 regional treasuries" in str(t.withdrawn) for t in withdrawn)
    assert not set(withdrawn) & set(kbnn.treasuries_in(JULY))
    assert not any(t.is_open_on(FIRST_OF_JULY) for t in withdrawn)


def test_whoever_asks_for_a_withdrawn_office_is_told_why_there_is_none(kbnn: Registry) -> None:
    message = refusal(lambda: kbnn.treasury("33", JULY))
    assert "treasury 33 KBNN Hưng Yên from 2025-07-01 is withdrawn: never an office: KBNN has kept 20" in message
    assert "treasuries.yaml:" in message


def test_what_was_published_under_a_withdrawn_entry_finds_it(kbnn: Registry) -> None:
    entry = kbnn.entry("33", JULY)
    assert (entry.name_vi, entry.valid_from, bool(entry.withdrawn)) == ("KBNN Hưng Yên", FIRST_OF_JULY, True)
    assert kbnn.days_of(entry, JULY) == JULY.bounds(kbnn.zone())
    assert kbnn.entry("33", MARCH) is kbnn.treasury("33", MARCH)
    assert "no treasury with the code 999" in refusal(lambda: kbnn.entry("999", JULY))


@pytest.fixture
def divided(kbnn: Registry) -> Registry:
    """The registry with region VIII divided into two offices of July 2025, and region I carried on whole."""
    into = {"KV08": ("KV01_202507", "KV02_202507"), "KV01": ("KV01_202507",)}
    declared = tuple(
        t.model_copy(update={"succeeded_by": into[t.code]}) if t.code in into else t for t in kbnn.treasuries
    )
    return replace(kbnn, treasuries=declared)


def test_a_regional_treasury_that_was_divided_is_not_carried_on_as_a_whole(divided: Registry) -> None:
    regional = divided.treasury("KV08", APRIL)
    message = refusal(lambda: divided.successor(regional, FIRST_OF_JULY))
    assert "treasury KV08 KBNN khu vực VIII was divided: on 2025-07-01 its successors are KV01_202507" in message
    assert "treasuries.yaml:" in message
    assert "succeeded_by in" in message


def test_a_regional_treasury_that_was_not_divided_is_carried_on_as_a_whole(divided: Registry) -> None:
    assert divided.successor(divided.treasury("KV01", APRIL), FIRST_OF_JULY).code == "KV01_202507"


def test_a_series_is_not_re_based_backwards(kbnn: Registry) -> None:
    message = refusal(lambda: kbnn.successor(kbnn.treasury("KV05", APRIL), dt.date(2023, 7, 1)))
    assert "treasury KV05 KBNN khu vực V begins on 2025-03-15 and cannot be re-based to 2023-07-01" in message
    assert "treasuries.yaml:" in message


def test_a_treasury_without_a_successor_on_a_day_is_named(kbnn: Registry) -> None:
    until_june = replace(kbnn, treasuries=tuple(t for t in kbnn.treasuries if t.valid_to))
    message = refusal(lambda: until_june.successor(kbnn.treasury("34", MARCH), FIRST_OF_JULY))
    assert "treasury 34 KBNN Thái Bình has no successor that is open on 2025-07-01" in message
    assert "treasuries.yaml:" in message


def test_a_unit_goes_where_it_says_and_otherwise_where_its_treasury_went(divided: Registry) -> None:
    office = {"name_vi": "Phòng giao dịch", "name_en": "Transaction office", "kind": "transaction_office"}
    units = {
        "KV08": (Unit(code="1", succeeded_by="KV02_202507", **office), Unit(code="2", **office)),
        "KV01": (Unit(code="3", **office),),
    }
    split, whole = divided.treasury("KV08", APRIL), divided.treasury("KV01", APRIL)
    with_units = replace(divided, units=units)
    assert with_units.successor_of_unit(split, "1", FIRST_OF_APRIL) == split
    assert with_units.successor_of_unit(split, "1", FIRST_OF_JULY).name_vi == "KBNN khu vực II"
    assert with_units.successor_of_unit(whole, "3", FIRST_OF_JULY).name_vi == "KBNN khu vực I"
    for code in ("2", "unstated"):
        assert "was divided" in refusal(lambda code=code: with_units.successor_of_unit(split, code, FIRST_OF_JULY))


def test_a_successors_code_means_its_first_bearer_afterwards_however_often_it_is_used_again(kbnn: Registry) -> None:
    first = kbnn.treasury("KV08", APRIL)
    later_one = first.model_copy(update={"valid_from": dt.date(2031, 1, 1), "valid_to": None, "name_vi": "KBNN Khác"})
    later = replace(kbnn, treasuries=(*kbnn.treasuries, later_one))
    assert later.successor(kbnn.treasury("15", MARCH), FIRST_OF_APRIL) is first


def test_units_are_found_by_code_for_the_first_bearer_and_by_day_for_a_later_one(kbnn: Registry) -> None:
    desk = Unit(code="desk", name_vi="Quầy", name_en="Desk", kind="department")
    dated = replace(kbnn, units={**kbnn.units, "15@2025-07-01": (desk,)})
    old, new = kbnn.treasury("15", MARCH), kbnn.entry("15", JULY)
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
    ]
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert not [row for row in rows if row["valid_from"] == dt.date(2025, 7, 1)]


def test_the_63_have_one_known_successor_each_and_the_others_none(kbnn: Registry) -> None:
    found = Counter((old.code, new.valid_from) for old, new in succession.pairs(kbnn.treasuries))
    assert set(found) == {(t.code, dt.date(2025, 3, 15)) for t in of_2023(kbnn)}
    assert set(found.values()) == {1}


def test_the_dimensions_say_what_is_withdrawn_and_which_province_a_treasury_lay_in(kbnn: Registry) -> None:
    declared = dimensions.rows(Ruled.in_force(kbnn, Period.of_month(JULY)))
    assert len([row for row in declared["treasury"] if row["withdrawn_reason"]]) == 34
    names = list(declared)
    assert names.index("treasury") < names.index("province") < names.index("province_part")
    assert len(declared["province"]) == 34
    assert {row["treasury_code"] for row in declared["province_part"]} == {t.code for t in of_2023(kbnn)}
    assert len(declared["province_part"]) == 63


def test_only_the_first_bearer_of_a_code_has_the_units_of_the_code(kbnn: Registry) -> None:
    rows = dimensions.rows(Ruled.in_force(kbnn, Period.of_month(JULY)))["unit"]
    assert {row["code"] for row in rows} == {"unstated"}
    assert all(kbnn.units_of(treasury) == kbnn.units[treasury.code] for treasury in of_2023(kbnn))
