-- what: an old branch (phieu, cau_tra_loi): local time, scales of three or ten levels, text in the ABC fonts' TCVN3, in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: kho_bac, phieu, cau_tra_loi
-- encoding: tcvn3
-- why: diem is a place on a scale of thang_diem levels (3 or 10): the label '9/10' says which, and the questionnaire what it means; ngay_gio is local time without a zone, as the bounds are; a branch with VNI, or with UTF-8 in a Latin-1 column, has a copy of this file that says vni or latin1-utf8
-- sqlfluff:dialect:oracle
with tra_loi as (
    select
        cau.so_phieu,
        listagg(
            cau.ma_tieu_chi || '=' || cau.diem || '/' || cau.thang_diem, '|'
        ) within group (order by cau.ma_tieu_chi) as answers
    from cau_tra_loi cau
    inner join phieu p on cau.so_phieu = p.so_phieu
    where
        p.ngay_gio >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
        and p.ngay_gio < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
        and cau.diem is not null
    group by cau.so_phieu
)

select
    cast(p.so_phieu as varchar2(100)) as response_key,
    (select k.ma_kho_bac from kho_bac k) as treasury_code,
    to_char(p.ngay_gio, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') as submitted_at,
    p.ma_phong as unit_code,
    p.ma_can_bo as officer_code,
    p.ma_thu_tuc as procedure_code,
    p.kenh as channel_code,
    p.doi_tuong as respondent_type_code,
    p.ma_khach as respondent_ref,
    case p.nhung_nhieu when 'C' then 'true' else 'false' end as harassment_reported,
    p.y_kien as "comment",
    tra_loi.answers
from phieu p
left join tra_loi on p.so_phieu = tra_loi.so_phieu
where
    p.ngay_gio >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
    and p.ngay_gio < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
