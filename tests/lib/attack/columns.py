"""Every number that a reader sees: what it tells of hidden counts, and which attack uses it."""

from __future__ import annotations

SUMS = "a count: it adds up over areas, members, criteria and periods, and bounds others (counts)"
OWN = "made of the counts that its own row shows: no equation in hidden ones"
NOT_A_COUNT = "declared, a clock, or a number of treasuries, not of responses"
TREASURY = "rows of a treasury, empty while its month is hidden anywhere; what its units hide is in no row"
OF_CASES = "cases of the whole network by month of opening, from five on: no total, no treasury, no ground beside it"
IN_FIVES = "cases of a treasury in fives, as of a publication: less than five apart from what there are"
OF_CHARTS = "made again from the months that are shown (charts)"
INEQUALITY = "what hidden peers have lies between shown ones: bounds, no equation; not attacked"

COLUMNS = {
    # what is counted
    "response_count": SUMS,
    "answer_count": SUMS,
    "satisfied_count": SUMS,
    "wholly_satisfied_count": SUMS,
    "complaint_count": SUMS,
    "part_count": "re-based sums are empty where a part is hidden: sums of shown totals only",
    # what is made of a row's own counts
    "satisfaction_rate": OWN,
    "satisfaction_pct": OWN,
    "share_of_answers_rate": OWN,
    "share_of_persons_rate": OWN,
    "all_minus_complaints_rate": OWN,
    "response_rate": OWN,
    "handled_count": NOT_A_COUNT,
    # of the effective number: sums of squares, which add up as counts do
    "effective_count": "the sums of squares of its row; they add up to those of hidden ones (squares)",
    "standard_error": "the same, to twelve digits (squares)",
    "rate_low": "the same, to ten digits (squares)",
    "rate_high": "the same, to ten digits (squares)",
    # of places among peers, hidden ones included
    "rank": f"a missing place is a hidden peer's (ranks); {INEQUALITY}",
    "ranked_count": "how many hidden peers have enough responses for a rank (ranks)",
    "ranks_gained": INEQUALITY,
    "previous_rank": INEQUALITY,
    "rank_low": INEQUALITY,
    "rank_high": INEQUALITY,
    "rank_low_marginal": INEQUALITY,
    "rank_high_marginal": INEQUALITY,
    "rank_low_one_sided": INEQUALITY,
    "rank_high_one_sided": INEQUALITY,
    "tie_group": INEQUALITY,
    # of the whole level, hidden areas included
    "empirical_bayes_rate": "two shown areas give the prior, whose fit is two equations in the hidden ones (standing)",
    "empirical_bayes_low": "its own counts and the prior, to five digits: less than the rate beside it tells",
    "empirical_bayes_high": "the same",
    "gap_p_value": "the network's rate in a criterion, as its gap, adjusted over shown gaps (gaps)",
    "change_p_value": "adjusted over all areas: an order, and sometimes a hidden area's own p value (standing)",
    "year_change_p_value": "the same against the year before; not attacked",
    "funnel_warning_low": "the dispersion is one equation in hidden areas with a rank (standing)",
    "funnel_warning_high": "the same",
    "funnel_action_low": "the same",
    "funnel_action_high": "the same",
    # of the mix of channels and types, hidden ones included
    "standardised_rate": "one equation in the strata; where one kind has one member, in hidden channels (pairs)",
    "standardised_standard_error": "one equation more in the strata, empty where the rate is (pairs)",
    "standardised_coverage": "a sum over the network's strata, some of which may be hidden (pairs)",
    "mix_distance": "one equation in the strata of now and before (pairs)",
    # against other periods
    "change_points": "the rates of two shown cells",
    "year_change_points": "the rates of two shown cells",
    "previous_satisfaction_rate": "the rate of a cell that was shown when this period was rated",
    "year_before_rate": "the rate of a cell that was shown when this period was rated",
    "lasting_count": f"that a criterion was weak in earlier periods, also where it is hidden there: {INEQUALITY}",
    # of the whole network's criterion
    "gap_points": "the network's rate in a criterion, hidden or not (gaps)",
    "gap_low_points": "the same, and its answers (gaps)",
    "gap_high_points": "the same, and its answers (gaps)",
    "gap_position": f"counts the hidden criteria with enough answers: {INEQUALITY}",
    # reliability, run charts, training needs
    "effective_responses": "the effective number over what a response is worth, learnt from shown areas (charts)",
    "reliability": "the same and M, fitted on shown areas (charts)",
    "reliability_half": "made again from shown areas (charts)",
    "point_count": OF_CHARTS,
    "centre_rate": OF_CHARTS,
    "low_rate": OF_CHARTS,
    "high_rate": OF_CHARTS,
    "weak_criterion_count": "of shown criteria (needs)",
    # signals
    "signal_value": "channel_shift: hidden channels of now and before (pairs); response_collapse: hidden months "
    "(history); burst: the treasury's is at least that of each hidden unit; the others: of their own row",
    "threshold": NOT_A_COUNT,
    # how the data came in
    "read_count": TREASURY,
    "loaded_count": TREASURY,
    "turned_away_count": TREASURY,
    "added_count": TREASURY,
    "changed_count": TREASURY,
    "deleted_count": TREASURY,
    "no_month_count": TREASURY,
    "table_count": "rows of all months: less those that other months read it leaves a hidden month's; not attacked",
    "open_count": NOT_A_COUNT,
    "landing_seconds": NOT_A_COUNT,
    "work_seconds": NOT_A_COUNT,
    "newest_snapshot_hours": NOT_A_COUNT,
    # the quality report: tests/e2e/test_quality_report.py makes each item again from other marts
    "item_value": "made of figures that other marts show, and of how many rows they show as hidden",
    "item_position": NOT_A_COUNT,
    # keys, and what is declared
    "treasury_id": NOT_A_COUNT,
    "revision_number": NOT_A_COUNT,
    "answer_position": NOT_A_COUNT,
    "survey_year": NOT_A_COUNT,
    "quarter_number": NOT_A_COUNT,
    "month_number": NOT_A_COUNT,
    "from_pct": NOT_A_COUNT,
    "to_pct": NOT_A_COUNT,
    # cases and actions
    "opened_count": OF_CASES,
    "overdue_count": OF_CASES,
    "closed_count": OF_CASES,
    "reopened_count": OF_CASES,
    "least_open_count": IN_FIVES,
    "least_overdue_count": IN_FIVES,
    "least_reopened_count": IN_FIVES,
    "median_closing_days": OF_CASES,
    "action_count": NOT_A_COUNT,
    "action_number": NOT_A_COUNT,
    **{f"{verdict}_count": NOT_A_COUNT for verdict in ("helped", "no_effect", "worse", "cannot_tell")},
    # effects: of cells that are shown, each of which has its row
    **dict.fromkeys(("before_rate", "after_rate", "before_count", "after_count"), "sums over months of shown cells"),
    **dict.fromkeys(("effect", "effect_low", "effect_high", "expected_rate"), "of shown cells of offices of a level"),
    "control_count": NOT_A_COUNT,
    "objection_count": NOT_A_COUNT,
    "objection_number": NOT_A_COUNT,
}
