-- what: note what a rule set that was used counts, where its file is still what it was
-- grain: rule set
-- params: code, digest, definition_code, definition_digest
-- why: rule sets that were used before this was kept must stay comparable with later ones
update score.rule_set
set definition_code = :definition_code, definition_digest = :definition_digest
where rule_set_code = :code and digest = :digest
