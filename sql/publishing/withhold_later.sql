-- what: withhold a figure of a published revision that would tell hidden cells
-- grain: figure of an area
-- params: period_code, revision_number, area_level, area_code, figure_name
insert into score.withheld_later (
    period_code, revision_number, area_level, area_code, figure_name
)
values (:period_code, :revision_number, :area_level, :area_code, :figure_name)
