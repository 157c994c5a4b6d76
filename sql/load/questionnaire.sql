-- what: declare a version of the questionnaire; its digest is compared before, and never overwritten
-- grain: questionnaire
-- params: code, digest, valid_from, valid_to
insert into core.dim_questionnaire (questionnaire_code, digest, valid_from, valid_to)
values (:code, :digest, :valid_from, :valid_to)
on conflict (questionnaire_code) do update set valid_to = excluded.valid_to
