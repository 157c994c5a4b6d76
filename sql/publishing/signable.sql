-- what: what a signature of a published revision is about, besides the files of its export
-- grain: revision
-- params: period_code, revision_number
select
    w.network_name_vi,
    r.period_code,
    r.revision_number,
    r.figures_digest,
    r.words_digest,
    r.input_digest
from score.revision as r
inner join score.revision_period as w on r.period_code = w.period_code and r.revision_number = w.revision_number
where r.period_code = :period_code and r.revision_number = :revision_number and r.revision_number > 0
