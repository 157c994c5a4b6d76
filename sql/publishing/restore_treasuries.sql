-- what: declare the treasuries as a revision knows them, where they are declared otherwise now
-- grain: treasury
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone: what is declared now is not what it was
update core.dim_treasury as t
set
    treasury_code = f.treasury_code,
    region_code = f.region_code,
    valid_from = f.valid_from,
    valid_to = f.valid_to
from score.revision_treasury as f
where
    f.period_code = :period_code and f.revision_number = :revision_number and t.treasury_id = f.treasury_id
    and (t.treasury_code, t.region_code, t.valid_from, t.valid_to)
    is distinct from (f.treasury_code, f.region_code, f.valid_from, f.valid_to)
