-- what: the function that freezes the draft of a period as its next revision, words and figures, and brings the star up
-- grain: function
-- params: none
-- why: the only way to a revision for anybody but the owner. What is asked for is compared with what is there: the number
-- is the next one, the figures are those that were decided on, and something of them is new. The revision's own row
-- comes last: from then on nothing is added to it
create or replace function score.publish_draft(
    wanted_period text, wanted_number integer, wanted_figures text, wanted_input text, wanted_by text,
    wanted_reason text, why_over_objections text default null, seen_objections bigint[] default null
) returns integer language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    draft score.revision;
    newest score.revision;
    frozen text;
    names text;
    objections integer;
begin
    select * into draft from score.revision where period_code = wanted_period and revision_number = 0 for update;
    if not found then
        raise exception '% has no draft', wanted_period using hint = 'rate it, then publish it';
    end if;
    select * into newest from score.revision where period_code = wanted_period
    order by revision_number desc limit 1;
    if wanted_number is distinct from newest.revision_number + 1 then
        raise exception 'the next revision of % is %, not %', wanted_period, newest.revision_number + 1, wanted_number
            using hint = 'publish it by hailong publish';
    end if;
    if score.figures_digest(wanted_period, 0) is distinct from wanted_figures then
        raise exception 'the draft of % says something else than what was decided on', wanted_period
            using hint = 'look at the draft again, then publish it';
    end if;
    if
        newest.figures_digest = wanted_figures
        and score.words_digest(wanted_period, 0) = score.words_digest(wanted_period, newest.revision_number)
        and score.officers_digest(wanted_period, 0)
        is not distinct from score.officers_digest(wanted_period, newest.revision_number)
        and score.effects_digest(wanted_period, 0)
        is not distinct from score.effects_digest(wanted_period, newest.revision_number)
    then
        raise exception 'the draft of % says what revision % says', wanted_period, newest.revision_number
            using hint = 'there is nothing to publish';
    end if;
    if
        (select b.officers_digest from score.officer_basis as b where b.period_code = wanted_period and b.revision_number = 0)
        is distinct from score.officers_digest(wanted_period, 0)
    then
        raise exception 'the evidence on officers of the draft of % is not what was made with it', wanted_period
            using hint = 'rate it again, then publish it';
    end if;
    if
        (select b.effects_digest from score.effect_basis as b where b.period_code = wanted_period and b.revision_number = 0)
        is distinct from score.effects_digest(wanted_period, 0)
    then
        raise exception 'the effects of the draft of % are not what was made with it', wanted_period
            using hint = 'rate it again, then publish it';
    end if;
    objections := score.refuse_unpreviewed(wanted_period, why_over_objections, seen_objections);
    foreach frozen in array array[
        'effect_basis', 'effect_input', 'effect', 'rating', 'standing', 'mix', 'weakness', 'officer', 'officer_basis', 'officer_input', 'officer_evidence',
        'officer_span', 'officer_standing', 'officer_action', 'officer_effect', 'recommendation', 'revision_period', 'revision_region', 'revision_treasury', 'revision_succession',
        'revision_unit', 'revision_procedure', 'revision_channel', 'revision_respondent_type',
        'revision_criterion', 'revision_grade', 'revision_province', 'revision_province_part'
    ] loop
        select string_agg(quote_ident(attname), ', ' order by attnum) into names
        from pg_attribute
        where
            attrelid = ('score.' || frozen)::regclass and attnum > 0 and not attisdropped
            and attname not in ('period_code', 'revision_number');
        execute format(
            'insert into score.%1$I (period_code, revision_number, %2$s)
             select period_code, $2, %2$s from score.%1$I where period_code = $1 and revision_number = 0',
            frozen, names
        ) using wanted_period, wanted_number;
    end loop;
    insert into score.revision_input (
        period_code, revision_number, survey_month, treasury_id, treasury_state, row_count, sha256, landing_path,
        source_name, snapshot_at, loaded_at, book_digest, is_early
    )
    select
        wanted_period, wanted_number, survey_month, treasury_id, treasury_state, row_count, sha256, landing_path,
        source_name, snapshot_at, loaded_at, book_digest, is_early
    from score.draft_inputs(wanted_period);
    draft.revision_number := wanted_number;
    draft.input_digest := wanted_input;
    draft.figures_digest := score.figures_digest(wanted_period, wanted_number);
    draft.words_digest := score.words_digest(wanted_period, wanted_number);
    draft.published_at := clock_timestamp();
    draft.names_frozen_at := draft.published_at;
    draft.published_by := wanted_by;
    draft.reason := wanted_reason;
    draft.objection_count := objections;
    draft.over_objections_reason := case when objections > 0 then why_over_objections end;
    insert into score.revision select draft.*;
    insert into score.revision_objection (period_code, revision_number, objection_number)
    select wanted_period, wanted_number, o.objection_number from score.open_objections(wanted_period) as o;
    perform mart.refresh_star(array(
        select first_month from score.revision_period
        where period_code = wanted_period and revision_number = wanted_number and period_kind = 'month'
    ));
    return wanted_number;
end
$$;

comment on function score.publish_draft is 'Freezes the draft of a period as its next revision, and brings the star up to date.';
revoke all on function score.publish_draft(text, integer, text, text, text, text, text, bigint[]) from public;
grant execute on function score.publish_draft(text, integer, text, text, text, text, text, bigint[])
to hailong_publisher;
