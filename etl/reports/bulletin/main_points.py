"""What a reader should take away: three sentences at the head of a bulletin, and what each chart shows as its title."""

from __future__ import annotations

from etl.reports import certainty
from etl.reports.bulletin import sentences
from etl.reports.bulletin.charts import short_names
from etl.reports.bulletin.content import SYSTEM, Content, Drawing, Row, Rows
from etl.reports.words import Language

_MOST_NAMED = 6


def of_bulletin(content: Content, language: Language) -> list[str]:
    """Who stands apart, what changed by more than chance, and the largest gap that lasts.

    Nothing is said of what the rule set does not compute.
    """
    said = [_apart(content, language), _changed(content, language), _lasting(content, language)]
    return [sentence for sentence in said if sentence]


def of_treasury(content: Content, code: str, language: Language) -> list[str]:
    """Three things to know of a treasury that has a figure: where it stands, what changed, where it is weak."""
    own = content.treasury(code)
    if own is None or own["satisfaction_rate"] is None:
        return []
    told = certainty.told_from(own, language)
    place = f"{certainty.place(own, language)}{': ' + told if told else '.'}"
    said = [f"{place} {sentences.position(own, language)}", sentences.change(own, language)]
    return [sentence.strip() for sentence in (*said, _weak(content, code, language)) if sentence.strip()]


def title(content: Content, name: str, language: Language, code: str | None = None) -> str:
    """What a chart of the bulletin, or of a treasury's page, shows; a map by the code of its grid."""
    if name == "ranks":
        return _spread(content, language)
    if name == "funnel":
        return _apart(content, language)
    if name == "trend":
        return _course(content, language, code)
    if name == "members":
        return _extremes(content, language, code)
    (drawing,) = [one for one in content.drawings if f"map-{one.map.code}" == name]
    return _apart(content, language) if drawing.kind == "treasuries" else _range(drawing, language)


def _names(rows: Rows, content: Content, language: Language) -> str:
    """The short names of some treasuries; of many, the first and how many more."""
    short = short_names.of_treasuries(content.ranking, language)
    named = ", ".join(short[row["treasury_code"]] for row in rows[:_MOST_NAMED])
    more = len(rows) - _MOST_NAMED
    return named + (language.say(f" và {more} đơn vị khác", f" and {more} more") if more > 0 else "")


def _apart(content: Content, language: Language) -> str:
    """Which treasuries lie beyond the action limits; empty where that was not computed."""
    placed = [row for row in content.ranking if row["funnel_flag"]]
    if not placed:
        return ""
    below, above = ([row for row in placed if row["funnel_flag"] == f"{way}_action"] for way in ("below", "above"))
    below.sort(key=lambda row: row["satisfaction_rate"])
    if not below and not above:
        return language.say(
            f"Không đơn vị nào trong {len(placed)} đơn vị khác mức chung quá giới hạn hành động.",
            f"None of {len(placed)} treasuries differs from the network beyond the action limits.",
        )
    parts = []
    for rows, vi, en in ((below, "thấp hơn", "below"), (above, "cao hơn", "above")):
        if rows:
            are = "treasury is" if len(rows) == 1 else "treasuries are"
            said = language.say(f"{len(rows)} đơn vị {vi} mức chung", f"{len(rows)} {are} {en} the network")
            parts.append(f"{said} ({_names(rows, content, language)})")
    return f"{', '.join(parts)}{language.say(', quá giới hạn hành động.', ', beyond the action limits.')}"


def _changed(content: Content, language: Language) -> str:
    """Which treasuries changed by more than chance; empty where that was not tested."""
    tested = [row for row in content.ranking if row["movement"]]
    if not tested:
        return ""
    up, down = ([row for row in tested if row["movement"] == way] for way in ("up", "down"))
    if not up and not down:
        return language.say(
            f"So với kỳ trước, không đơn vị nào trong {len(tested)} đơn vị thay đổi vượt quá ngẫu nhiên.",
            f"Against the period before, none of {len(tested)} treasuries changed by more than chance.",
        )
    ways = ((language.say("tăng rõ rệt", "clearly up"), up), (language.say("giảm rõ rệt", "clearly down"), down))
    parts = [f"{said}: {_names(rows, content, language)}" for said, rows in ways if rows]
    return f"{language.say('So với kỳ trước,', 'Against the period before,')} {'; '.join(parts)}."


def _lasting(content: Content, language: Language) -> str:
    """The largest gap to the network that lasted; empty where none was looked for."""
    if not content.weaknesses:
        return ""
    lasting = content.lasting()
    if not lasting:
        return language.say(
            "Chưa có điểm yếu nào kéo dài từ hai kỳ trở lên.", "No weakness has lasted for two periods or more."
        )
    row = min(lasting, key=lambda one: one["gap_points"])
    gap, count = language.points(row["gap_points"], 1), row["lasting_count"]
    name, criterion = language.name(row, "treasury"), language.name(row, "criterion")
    return language.say(
        f"Khoảng cách kéo dài lớn nhất: {name}, “{criterion}”: {gap} điểm so với toàn hệ thống, {count} kỳ liên tiếp.",
        f"The largest lasting gap: {name}, “{criterion}”: {gap} points to the network, {count} periods in a row.",
    )


def _weak(content: Content, code: str, language: Language) -> str:
    """In how many criteria a treasury and its units are weak, and how many lasted; empty where none is looked for."""
    gaps = [row for row in content.weaknesses if row["treasury_code"] == code]
    if not gaps:
        return ""
    weak = [row for row in gaps if row["is_weak"]]
    own = {row["criterion_code"] for row in weak if not sentences.is_unit(row)}
    lasting = {row["criterion_code"] for row in weak if (row["lasting_count"] or 0) > 1}
    units = {row["unit_code"] for row in weak if sentences.is_unit(row)}
    if not weak:
        return language.say("Không tiêu chí nào yếu rõ rệt.", "No criterion is clearly weak.")
    whole = language.say(
        f"Cả đơn vị yếu rõ rệt ở {len(own)} tiêu chí" if own else "Cả đơn vị không yếu rõ rệt ở tiêu chí nào",
        f"The treasury as a whole is clearly weak in {_criteria(len(own))}"
        if own
        else "The treasury as a whole is clearly weak in no criterion",
    )
    parts = [whole]
    if units:
        parts.append(
            language.say(
                f"{len(units)} phòng, đơn vị trực thuộc có tiêu chí yếu",
                f"{len(units)} of its units {'is' if len(units) == 1 else 'are'} weak in some",
            )
        )
    if lasting:
        parts.append(
            language.say(
                f"{len(lasting)} tiêu chí đã kéo dài", f"{_criteria(len(lasting))} lasted from period to period"
            )
        )
    return f"{'; '.join(parts)}."


def _criteria(count: int) -> str:
    return "1 criterion" if count == 1 else f"{count} criteria"


def _spread(content: Content, language: Language) -> str:
    """For how many treasuries the rank says little."""
    ranked = [row for row in content.ranking if row["rank"] is not None and row["rank_low"] is not None]
    wide = sum(2 * (row["rank_high"] - row["rank_low"] + 1) > row["ranked_count"] for row in ranked)
    return language.say(
        f"Ở {wide} trong {len(ranked)} đơn vị, các hạng có thể trải hơn nửa bảng.",
        f"For {wide} of {len(ranked)} treasuries, the possible ranks span more than half of the table.",
    )


def _course(content: Content, language: Language, code: str | None) -> str:
    """From where to where the rate went, as far back as it was counted alike."""
    rows = content.series(code)
    alike = [
        row for row in rows if all(row[name] == rows[-1][name] for name in ("definition_code", "questionnaire_code"))
    ]
    if len(alike) < 2:
        return language.say("Chưa có kỳ trước nào được tính như kỳ này.", "No earlier period was counted as this one.")
    first, last = alike[0], alike[-1]
    ends = [language.percent(row["satisfaction_rate"]) for row in (first, last)]
    since = language.name(first, "period")
    return language.say(
        f"Từ {ends[0]} ({since[:1].lower()}{since[1:]}) đến {ends[1]} kỳ này.",
        f"From {ends[0]} in {since} to {ends[1]} in this period.",
    )


def _extremes(content: Content, language: Language, code: str | None) -> str:
    """The lowest factor of the network, or the one in which a treasury lies furthest below or above it."""
    system = {row["member_code"]: row for row in content.of_area(SYSTEM, "factor") if _has_rate(row)}
    own = content.of_area(("treasury", code), "factor") if code else []
    pairs = [(row, system[row["member_code"]]) for row in own if _has_rate(row) and row["member_code"] in system]
    clear = [(mine, its) for mine, its in pairs if _is_clear(mine, its)]
    if pairs and not clear:
        return language.say(
            "Không yếu tố nào khác mức chung một cách rõ ràng.", "No factor is clearly different from the network."
        )
    if clear:
        mine, its = max(clear, key=lambda pair: abs(pair[0]["satisfaction_rate"] - pair[1]["satisfaction_rate"]))
        name, points = language.name(its, "member"), 100 * (mine["satisfaction_rate"] - its["satisfaction_rate"])
        return language.say(
            f"Xa mức chung nhất ở “{name}”: {language.points(points, 1)} điểm.",
            f"Furthest from the network in “{name}”: {language.points(points, 1)} points.",
        )
    if code or not system:
        return ""
    lowest = min(system.values(), key=lambda row: row["satisfaction_rate"])
    rate = language.percent(lowest["satisfaction_rate"])
    name = language.name(lowest, "member")
    return language.say(f"Thấp nhất ở “{name}”: {rate}.", f"Lowest in “{name}”: {rate}.")


def _range(drawing: Drawing, language: Language) -> str:
    """From where to where the rates of provinces go, without a judgement."""
    rows = sorted(filter(_has_rate, drawing.rows), key=lambda row: row["satisfaction_rate"])
    if not rows:
        return ""
    low, high = (
        f"{language.percent(row['satisfaction_rate'], 1)} ({language.name(row, 'treasury')})"
        for row in (rows[0], rows[-1])
    )
    return language.say(f"Theo tỉnh ngày nay: từ {low} đến {high}.", f"By province of today: from {low} to {high}.")


def _has_rate(row: Row) -> bool:
    return row["satisfaction_rate"] is not None


def _is_clear(mine: Row, its: Row) -> bool:
    """Whether an interval leaves out the network's rate."""
    low, high = mine["rate_low"], mine["rate_high"]
    return low is not None and high is not None and not low <= its["satisfaction_rate"] <= high
