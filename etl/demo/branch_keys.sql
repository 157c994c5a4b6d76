-- what: the keys and the index of a made branch database, after its rows have come
-- grain: table
-- why: adding the foreign key checks all rows at once instead of queueing one check per answer
alter table survey_response add primary key (response_id);

alter table survey_answer
add primary key (response_id, criterion_code),
add foreign key (response_id) references survey_response;

create index on survey_response (submitted_at);

analyze treasury, survey_response, survey_answer;
