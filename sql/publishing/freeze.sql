-- what: freeze the draft of a period as its next revision, with the star; the revision's number
-- grain: revision
-- params: period_code, revision_number, figures_digest, input_digest, published_by, reason
select
    score.publish_draft(
        :period_code, :revision_number, :figures_digest, :input_digest, :published_by, :reason
    ) as revision_number
