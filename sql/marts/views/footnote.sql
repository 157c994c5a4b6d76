-- what: the sentences behind the footnote codes of every mart
-- grain: footnote
-- params: none
-- why: those of score.footnote are of figures; the others say only why there is no change, and are kept nowhere
create view mart.footnote as
select
    footnote_code,
    footnote_text_vi,
    footnote_text_en
from score.footnote

union all

select
    footnote_code,
    footnote_text_vi,
    footnote_text_en
from (
    values
    (
        'no_earlier_period',
        'Chưa có số liệu của kỳ được so sánh.',
        'There are no figures of the earlier period to compare with.'
    ),
    (
        'absent_before',
        'Kỳ trước đơn vị chưa có, thiếu số liệu hoặc không có phiếu trả lời.',
        'In the earlier period the office was not there, was missing, or had no responses.'
    ),
    (
        'hidden_before',
        'Số liệu kỳ trước được ẩn để không nhận ra người trả lời.',
        'The figures of the earlier period are hidden so that nobody who answered can be recognised.'
    )
) as missing_change (footnote_code, footnote_text_vi, footnote_text_en);

comment on view mart.footnote is 'Footnotes (chú thích) in both languages. Grain: footnote.';
