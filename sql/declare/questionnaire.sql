-- what: declare a version of the questionnaire; once it was answered, its digest was compared before
-- grain: questionnaire
-- params: code, digest, valid_from, valid_to
insert into core.dim_questionnaire (questionnaire_code, digest, valid_from, valid_to)
values (:code, :digest, :valid_from, :valid_to)
on conflict (questionnaire_code) do update
    set
        digest = excluded.digest,
        valid_from = excluded.valid_from,
        valid_to = excluded.valid_to
