-- what: hide a cell of a published revision that the revision does not hide
-- grain: cell
-- params: period_code, revision_number, area_level, area_code, breakdown, member_code
insert into score.hidden_later (
    period_code, revision_number, area_level, area_code, breakdown, member_code
)
values (:period_code, :revision_number, :area_level, :area_code, :breakdown, :member_code)
