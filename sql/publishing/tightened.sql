-- what: note that was looked what else must be hidden of a published revision
-- grain: revision
-- params: period_code, revision_number, hidden_count, withheld_count
insert into score.tightened (
    period_code, revision_number, hidden_count, withheld_count
)
values (:period_code, :revision_number, :hidden_count, :withheld_count)
