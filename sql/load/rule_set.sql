-- what: declare a rule set; its digest is compared before, and never overwritten once a month was rated
-- grain: rule set
-- params: code, digest, source, valid_from, valid_to
insert into score.rule_set (rule_set_code, digest, rule_source, valid_from, valid_to)
values (:code, :digest, :source, :valid_from, :valid_to)
on conflict (rule_set_code) do update
    set digest = excluded.digest, rule_source = excluded.rule_source, valid_to = excluded.valid_to
