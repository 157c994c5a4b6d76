-- what: declare a rule set; its digest is compared before, and never overwritten once a period was rated
-- grain: rule set
-- params: code, digest, source, valid_from, valid_to, definition_code, definition_digest, preview_days
insert into score.rule_set (
    rule_set_code, digest, rule_source, valid_from, valid_to, definition_code, definition_digest, preview_days
)
values (:code, :digest, :source, :valid_from, :valid_to, :definition_code, :definition_digest, :preview_days)
on conflict (rule_set_code) do update
    set
        digest = excluded.digest,
        rule_source = excluded.rule_source,
        valid_to = excluded.valid_to,
        definition_code = excluded.definition_code,
        definition_digest = excluded.definition_digest,
        preview_days = excluded.preview_days
