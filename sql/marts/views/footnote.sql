-- what: the sentences behind the footnote codes of every mart
-- grain: footnote
-- params: none
create view mart.footnote as
select
    footnote_code,
    footnote_text_vi,
    footnote_text_en
from score.footnote;

comment on view mart.footnote is 'Footnotes (chú thích) in both languages. Grain: footnote.';
