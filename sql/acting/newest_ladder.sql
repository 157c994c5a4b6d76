-- what: the ladder of the newest published evidence on officers
-- grain: revision
-- params: none
select
    b.ladder_code,
    b.ladder_digest
from score.officer_basis as b
inner join score.revision_period as p on b.period_code = p.period_code and b.revision_number = p.revision_number
where b.revision_number > 0
order by p.first_month desc, b.revision_number desc
limit 1
