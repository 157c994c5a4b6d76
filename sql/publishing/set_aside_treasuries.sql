-- what: free the codes under which a revision knows its treasuries, where others have them now
-- grain: treasury
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone: two codes may have been exchanged
update core.dim_treasury as t
set treasury_code = '#' || t.treasury_id
from score.revision_treasury as f
where
    f.period_code = :period_code and f.revision_number = :revision_number
    and (f.treasury_id = t.treasury_id) is distinct from
    (f.treasury_code = t.treasury_code and f.valid_from = t.valid_from)
