-- what: the sentences behind the footnote codes
-- grain: footnote
-- params: none
select
    footnote_code,
    footnote_text_vi,
    footnote_text_en
from mart.footnote
order by footnote_code
