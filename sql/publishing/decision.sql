-- what: note a decision on a period that has a draft, with the revision that it became
-- grain: decision
-- params: period_code, figures_digest, is_approved, decided_by, comment
-- why: a revision is the decision's when the same person published the same figures for the same reason; an approval of figures that are published with a decision already is none
with said as (
    select
        cast(:period_code as text) as period_code,
        cast(:figures_digest as text) as figures_digest,
        cast(:is_approved as boolean) as is_approved,
        cast(:decided_by as text) as decided_by,
        cast(:comment as text) as comment
)

insert into ops.decision (
    period_code, figures_digest, is_approved, revision_number, decided_by, comment, decided_at
)
select
    s.period_code,
    s.figures_digest,
    s.is_approved,
    max(r.revision_number) as revision_number,
    s.decided_by,
    s.comment,
    clock_timestamp() as decided_at
from said as s
left join score.revision as r
    on
        s.is_approved and s.period_code = r.period_code and s.figures_digest = r.figures_digest
        and s.decided_by = r.published_by and s.comment = r.reason
where
    not s.is_approved
    or not exists (
        select 1
        from ops.decision as d
        where
            d.period_code = s.period_code
            and d.revision_number = (
                select max(n.revision_number)
                from score.revision as n
                where n.period_code = s.period_code and n.figures_digest = s.figures_digest
            )
    )
group by s.period_code, s.figures_digest, s.is_approved, s.decided_by, s.comment
