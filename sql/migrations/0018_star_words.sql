-- What sets the star apart from the views is said where a reader's tool shows it: at the schema and at every fact.

comment on schema mart is 'For readers and BI tools (dữ liệu khai thác): views of any revision, by hailong.show, and a star of tables (mô hình sao), dim_ and fact_, that always holds the newest published one.';

do $$
declare
    fact regclass;
begin
    foreach fact in array array[
        'mart.fact_treasury', 'mart.fact_unit', 'mart.fact_criterion', 'mart.fact_procedure', 'mart.fact_channel',
        'mart.fact_respondent_type'
    ]::regclass[] loop
        execute format(
            'comment on table %s is %L', fact,
            obj_description(fact) || ' Always the newest published revision (phiên bản công bố), whatever hailong.show says.'
        );
    end loop;
end
$$;
