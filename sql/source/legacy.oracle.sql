-- what: an old branch (phieu, cau_tra_loi): local time, scales of three or ten levels, text in the ABC fonts' TCVN3, in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: kho_bac, phieu, cau_tra_loi
-- counts: phieu
-- time: ngay_gio
-- key: so_phieu
-- encoding: tcvn3
-- why: diem is a place on a scale of thang_diem levels (3 or 10): the label '9/10' says which, and the questionnaire what it means; keys must agree byte by byte, for a collation takes two of them for one; ngay_gio is local time without a zone, as the bounds are; a branch with VNI, or with UTF-8 in a Latin-1 column, has a copy of this file that says vni or latin1-utf8
-- sqlfluff:dialect:oracle
with tra_loi as (
    select
        nlssort(cast(p.so_phieu as varchar2(1000)), 'NLS_SORT=BINARY') as so_phieu,
        count(*) as part_count,
        listagg(
            cau.ma_tieu_chi || '=' || case when cau.diem is not null then cau.diem || '/' || cau.thang_diem end,
            '|' on overflow truncate '?' without count
        ) within group (order by cau.ma_tieu_chi) as parts
    from cau_tra_loi cau
    inner join phieu p
        on
            cau.so_phieu = p.so_phieu
            and nlssort(cast(cau.so_phieu as varchar2(1000)), 'NLS_SORT=BINARY')
            = nlssort(cast(p.so_phieu as varchar2(1000)), 'NLS_SORT=BINARY')
    where
        p.ngay_gio >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
        and p.ngay_gio < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
    group by nlssort(cast(p.so_phieu as varchar2(1000)), 'NLS_SORT=BINARY')
)

select
    cast(p.so_phieu as varchar2(4000)) as response_key,
    (select k.ma_kho_bac from kho_bac k) as treasury_code,
    to_char(p.ngay_gio, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') as submitted_at,
    p.ma_phong as unit_code,
    p.ma_can_bo as officer_code,
    p.ma_thu_tuc as procedure_code,
    p.kenh as channel_code,
    p.doi_tuong as respondent_type_code,
    p.ma_khach as respondent_ref,
    p.nhung_nhieu as harassment_reported,
    p.y_kien as "comment",
    case
        when
            length(tra_loi.parts)
            - coalesce(length(replace(tra_loi.parts, '|', '')), 0)
            <> tra_loi.part_count - 1
            then '?'
        else tra_loi.parts
    end as answers
from phieu p
left join tra_loi on nlssort(cast(p.so_phieu as varchar2(1000)), 'NLS_SORT=BINARY') = tra_loi.so_phieu
where
    p.ngay_gio >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
    and p.ngay_gio < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
