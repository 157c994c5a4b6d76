-- what: propose that an officer's links and case texts go
-- grain: proposal
-- params: person_id, why, early_why, kept_days
select action.propose_erasure(:person_id, :why, :early_why, :kept_days) as erasure_number
