-- what: wait for others who take in what the same treasury says
-- grain: treasury
-- params: treasury_id
select action.hold_claims(:treasury_id)
