-- what: the tables of the star that do not say what a revision says, if it is the newest of its month
-- grain: table of the star
-- params: period_code, revision_number
select
    relation_name,
    row_count
from mart.star_differences(:period_code, :revision_number)
