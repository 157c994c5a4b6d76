"""Rule sets: what counts as satisfied, grades, and least numbers of answers.

They are dated, and never edited once used.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import Field, model_validator

from etl.registry.code_forms import VersionCode
from etl.registry.counting import Counting
from etl.registry.declared import Dated, Declared, Misplaced, unique
from etl.registry.network import Named
from etl.registry.questionnaire import DONT_KNOW
from etl.registry.signal_rules import Signals

Definition = Literal["share_of_answers", "share_of_persons", "all_minus_complaints"]
"""How a rate is counted: satisfied answers over answers (SIPAS); responses whose every answer is satisfied over
responses (Ministry of Health); responses without a complaint over responses, silence counting as content (Decision
766/QD-TTg)."""


Clustering = Literal["answers", "responses", "respondents", "officers", "units"]
"""From whom answers come that are alike: each answer for itself, or those of a response, a respondent, an officer, a
unit."""


class Rate(Declared):
    """How the satisfaction rate is counted.

    ``definition`` is the official one; the others are shown beside it.

    ``factor_weights`` by factor code, in any unit: the official rate of an area is then the weighted mean of its
    factors' rates; empty: all answers are pooled. ``clustering``: what an interval takes for independent: the answers,
    or the responses, the respondents, the officers or the units from whom several alike ones come. ``design_effect``:
    whether how alike they are is each area's ``own``, or learnt from all areas of its level.
    """

    definition: Definition
    satisfied_levels: tuple[int, ...] = Field(min_length=1)
    complaint_levels: tuple[int, ...] = ()
    dont_know: Literal["counts_as_not_satisfied", "is_left_out"]
    not_answered: Literal["counts_as_not_satisfied", "is_left_out"] = "is_left_out"
    factor_weights: dict[str, int] = Field(default={})
    clustering: Clustering = "answers"
    design_effect: Literal["own", "pooled"] = "own"

    @model_validator(mode="after")
    def _consistent(self) -> Rate:
        if self.not_answered == "counts_as_not_satisfied" and self.dont_know == "is_left_out":
            raise Misplaced('silence cannot count while "don\'t know" is left out', "not_answered")
        if self.factor_weights and self.definition != "share_of_answers":
            raise Misplaced("only answers have factors to weigh; the definition counts persons", "factor_weights")
        for factor, weight in self.factor_weights.items():
            if weight < 0 or not sum(self.factor_weights.values()):
                raise Misplaced("a weight is below 0, or all are 0", "factor_weights", factor)
        if set(self.satisfied_levels) & set(self.complaint_levels):
            raise Misplaced("a level cannot be satisfied and a complaint", "complaint_levels")
        return self


class Minimum(Declared):
    """The fewest responses for a grade, a rank, an officer's figure."""

    grade: int = Field(ge=1)
    rank: int = Field(ge=1)
    officer: int | None = Field(default=None, ge=1)


class RankSets(Declared):
    """The confidence sets of ranks: level, number of draws, seed, and the scale on which areas are compared.

    On the scale of their rates, or of angles, on which chance is the same at every rate. ``one_sided``: whether there
    are limits of one side as well, for one area looked at alone.
    """

    level: float = Field(gt=0.5, lt=1)
    draws: int = Field(ge=1_000, le=1_000_000)
    seed: int = Field(ge=0, lt=2**32)
    one_sided: bool = False
    scale: Literal["rate", "angle"] = "rate"

    @model_validator(mode="after")
    def _order_stays(self) -> RankSets:
        if self.scale == "angle" and self.level < 0.9:
            raise Misplaced("below 0.9 angles could tell areas apart against their rates", "level")
        return self


class Movement(Declared):
    """When a change is more than chance: the false discovery rate.

    ``returning``: whether respondents of both periods count as others, or make the two rates move together.
    """

    false_discovery_rate: float = Field(gt=0, lt=0.5)
    returning: Literal["independent", "counted"] = "independent"


class Funnel(Declared):
    """The levels of the funnel's limits around the system's rate, and whether they are the binomial's own."""

    warning_level: float = Field(gt=0.5, lt=1)
    action_level: float = Field(gt=0.5, lt=1)
    limits: Literal["normal", "exact"] = "normal"


class Suppression(Declared):
    """The fewest responses of a cell that is shown.

    Smaller ones are hidden, and those from which they could be recovered ``against`` who adds up, or who knows as well
    what bounds a count. Against both, effective numbers are whole, and what is estimated from many areas is estimated
    from those that are shown.

    ``revised``: what a published revision hid is hidden in the next ``with_same_counts`` only, or ``always``.
    """

    least_responses: int = Field(ge=1)
    against: Literal["sums", "sums_and_bounds"] = "sums"
    revised: Literal["with_same_counts", "always"] = "with_same_counts"


class Comparability(Declared):
    """What makes two periods incomparable, and when a mix has shifted."""

    broken_by: tuple[Literal["definition", "questionnaire"], ...]
    max_mix_distance: float = Field(ge=0, le=1)


class Weakness(Declared):
    """When a criterion counts as a weakness, and how many are shown.

    ``level`` is that of the gap's interval; ``least_answers`` the fewest answers of a criterion. ``adjustment``:
    whether each gap is judged by its own interval (``none``), or all of a level together, so that of those called weak
    no more than 1 - ``level`` are by chance. Without the word no p value is computed.
    """

    level: float = Field(gt=0.5, lt=1)
    shown: int = Field(ge=1)
    least_answers: int = Field(ge=1)
    adjustment: Literal["none", "benjamini_hochberg"] | None = None


class Grade(Named):
    """A half-open band of the rate in per cent.

    ``from_pct`` ≤ rate < ``to_pct``; the best one includes 100.
    """

    from_pct: int = Field(ge=0, le=100)
    to_pct: int = Field(ge=0, le=100)
    source: str


class Admission(Declared):
    """When a treasury's month is refused as a whole."""

    answers_due: bool
    max_turned_away_share: float = Field(ge=0, le=1)
    max_unknown_code_share: float = Field(ge=0, le=1)

    def where(self, *, is_asked: bool) -> Admission:
        """The same, but that no answers are due in a month in which nobody was asked."""
        return self if is_asked else self.model_copy(update={"answers_due": False})


class LateAnswers(Declared):
    """How many earlier months a run reads again for late answers."""

    look_back_months: int = Field(ge=1, le=24)


class Preview(Declared):
    """How long a draft is shown to its treasuries alone, who may object, before anybody publishes it."""

    working_days: int = Field(ge=0, le=60)


class RuleSet(Dated):
    """``rules/<name>.yaml``: a rule set, in force by a month's first day.

    It may take the place of an earlier one for the same dates (``supersedes``), whose file stays for the revisions
    that were published under it. What a rule set does not speak of is not computed.
    """

    code: VersionCode
    supersedes: str | None = None
    source: str
    rate: Rate
    minimum_responses: Minimum
    interval_level: float = Field(gt=0.5, lt=1)
    interval_limits: Literal["wilson", "exact"] = "wilson"
    grades: tuple[Grade, ...] = Field(min_length=1)
    admission: Admission
    rank_sets: RankSets | None = None
    movement: Movement | None = None
    funnel: Funnel | None = None
    suppression: Suppression | None = None
    comparability: Comparability | None = None
    weakness: Weakness | None = None
    empirical_bayes: Literal["shown_areas", "with_interval", "none"] | None = None
    standardisation: Literal["with_standard_error", "none"] | None = None
    signals: Signals | None = None
    late_answers: LateAnswers | None = None
    preview: Preview | None = None
    digest: str = ""

    @model_validator(mode="after")
    def _bands_meet(self) -> RuleSet:
        unique("grade", [(band.code, ("grades", index, "code")) for index, band in enumerate(self.grades)])
        edge, index = 0, 0
        for index, band in sorted(enumerate(self.grades), key=lambda entry: entry[1].from_pct):
            if band.from_pct != edge:
                kind = "gap" if band.from_pct > edge else "overlap"
                message = f"{kind} between {edge} and {band.from_pct} per cent, before '{band.code}'"
                raise Misplaced(message, "grades", index, "from_pct")
            edge = band.to_pct
        if edge != 100:
            raise Misplaced(f"gap between {edge} and 100 per cent", "grades", index, "to_pct")
        return self

    @model_validator(mode="after")
    def _no_hidden_factor_is_told(self) -> RuleSet:
        if self.rate.factor_weights and self.hides_against_bounds:
            raise Misplaced("a rate of weighted factors would tell a hidden one of them", "suppression", "against")
        return self

    @model_validator(mode="after")
    def _returning_are_answers(self) -> RuleSet:
        if self.rate.factor_weights and self.movement and self.movement.returning == "counted":
            raise Misplaced("who comes back is not counted factor by factor", "movement", "returning")
        return self

    @property
    def hides_against_bounds(self) -> bool:
        """Whether nothing that is hidden may follow from sums and bounds."""
        return self.suppression is not None and self.suppression.against == "sums_and_bounds"

    @property
    def hides_what_was_hidden(self) -> bool:
        """Whether what a revision hid stays hidden in the later ones, whatever comes in."""
        return self.suppression is not None and self.suppression.revised == "always"

    @property
    def is_free_of_order(self) -> bool:
        """Whether no digit depends on the order in which a warehouse sorts its rows.

        Rule sets of before have their empirical-Bayes rates as that order made them.
        """
        return self.empirical_bayes in ("with_interval", "none")

    @property
    def counting(self) -> Counting:
        """Which answers count, and as what."""
        counts_silence = self.rate.not_answered == "counts_as_not_satisfied"
        counts_dont_know = self.rate.dont_know == "counts_as_not_satisfied"
        return Counting(
            satisfied_levels=self.rate.satisfied_levels,
            complaint_levels=self.rate.complaint_levels,
            lowest_level=DONT_KNOW - 1 if counts_silence else DONT_KNOW if counts_dont_know else DONT_KNOW + 1,
        )

    @property
    def definition_digest(self) -> str:
        """The sha256 of what decides which answers a rate counts.

        Two rates with the same one can be compared.
        """
        fields = {"definition", "satisfied_levels", "dont_know", "not_answered", "factor_weights"}
        complaints = {"complaint_levels"} if self.rate.definition == "all_minus_complaints" else set()
        return _sha256(self.rate.model_dump(mode="json", include=fields | complaints))

    def digested(self) -> RuleSet:
        """The rule set with the sha256 of its file but for ``valid_to``.

        A successor sets ``valid_to`` after use.

        What the file leaves out is not part of it, so that a later version of this program, which knows more sections,
        finds the same digest.
        """
        content = self.model_dump(mode="json", exclude={"valid_to", "digest"}, exclude_unset=True)
        return self.model_copy(update={"digest": _sha256(content)})

    @property
    def least_shown(self) -> int:
        """The fewest responses of a cell that readers may see."""
        return self.suppression.least_responses if self.suppression else 1


def _sha256(content: Any) -> str:
    """The digest of plain values, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
