-- what: freeze the draft of a period as its next revision, with the star; the revision's number
-- grain: revision
-- params: period_code, revision_number, figures_digest, input_digest, published_by, reason, over_objections, seen_objections
select
    score.publish_draft(
        :period_code, :revision_number, :figures_digest, :input_digest, :published_by, :reason, :over_objections,
        cast(:seen_objections as bigint[])
    ) as revision_number
