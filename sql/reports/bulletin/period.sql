-- what: the revision of a period that is shown, with whose it is, how it was made, what came in, and how the whole moved
-- grain: period
-- params: period_code
select
    p.period_code,
    p.period_kind,
    p.period_name_vi,
    p.period_name_en,
    p.first_month,
    p.last_month,
    p.revision_number,
    p.stored_number,
    p.last_number,
    p.month_status,
    p.rule_set_code,
    p.rule_set_digest,
    p.definition_code,
    p.questionnaire_code,
    p.scored_at,
    p.published_at,
    p.published_by,
    p.reason,
    r.open_count,
    r.loaded_count,
    r.code_version,
    r.input_digest,
    r.figures_digest,
    r.words_digest,
    g.key_fingerprint,
    w.network_name_vi,
    w.network_name_en,
    w.time_zone,
    s.previous_period_code,
    s.is_comparable,
    s.change_points,
    s.movement,
    s.change_missing_code
from shown.period as p
inner join score.revision as r on p.period_code = r.period_code and p.stored_number = r.revision_number
inner join score.revision_period as w on p.period_code = w.period_code and p.stored_number = w.revision_number
left join
    lateral (
        select n.key_fingerprint
        from mart.revision_signature as n
        where n.period_code = p.period_code and n.revision_number = p.stored_number
        order by n.signed_at desc
        limit 1
    ) as g
    on true
left join shown.standing as s on p.period_code = s.period_code and s.area_level = 'system'
where p.period_code = :period_code
