-- what: give a draft the earlier months that the effects of a published revision were made from, wherever they stand now
-- grain: month
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone. A month whose draft was used is found again
-- where it was published as it was, or still is the draft; one that is nowhere is left out
insert into score.effect_input (period_code, revision_number, input_code, input_number, figures_digest)
select
    i.period_code,
    0 as revision_number,
    i.input_code,
    r.revision_number as input_number,
    i.figures_digest
from score.effect_input as i
inner join
    lateral (
        select n.revision_number
        from score.revision as n
        where
            n.period_code = i.input_code
            and coalesce(n.figures_digest, score.figures_digest(n.period_code, n.revision_number)) = i.figures_digest
        order by n.revision_number desc
        limit 1
    ) as r
    on true
where i.period_code = :period_code and i.revision_number = :revision_number
