-- what: an old branch (phieu, cau_tra_loi): local time, scales of three or ten levels, text in the ABC fonts' TCVN3, in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: kho_bac, phieu, cau_tra_loi
-- counts: phieu
-- time: ngay_gio
-- key: so_phieu
-- encoding: tcvn3
-- why: diem is a place on a scale of thang_diem levels (3 or 10): the label '9/10' says which, and the questionnaire what it means; keys must agree byte by byte, for a collation takes two of them for one; ngay_gio is local time without a zone, as the bounds are; a branch with VNI, or with UTF-8 in a Latin-1 column, has a copy of this file that says vni or latin1-utf8
-- sqlfluff:dialect:mysql
with tra_loi as (
    select
        cast(p.so_phieu as binary) as so_phieu,
        count(*) as part_count,
        group_concat(
            coalesce(
                concat(
                    coalesce(cau.ma_tieu_chi, ''),
                    '=',
                    coalesce(concat(cau.diem, '/', coalesce(cau.thang_diem, '')), '')
                ),
                '?'
            ) separator '|'
        ) as parts
    from cau_tra_loi as cau
    inner join phieu as p
        on
            cau.so_phieu = p.so_phieu
            and (
                (collation(cau.so_phieu) = 'binary' and collation(p.so_phieu) = 'binary')
                or cast(convert(cau.so_phieu using utf8mb4) as binary)
                = cast(convert(p.so_phieu using utf8mb4) as binary)
            )
    where p.ngay_gio >= :month_start and p.ngay_gio < :month_end
    group by cast(p.so_phieu as binary)
)

select
    p.so_phieu as response_key,
    (select k.ma_kho_bac from kho_bac as k) as treasury_code,
    cast(p.ngay_gio as char) as submitted_at,
    p.ma_phong as unit_code,
    p.ma_can_bo as officer_code,
    p.ma_thu_tuc as procedure_code,
    p.kenh as channel_code,
    p.doi_tuong as respondent_type_code,
    p.ma_khach as respondent_ref,
    p.nhung_nhieu as harassment_reported,
    p.y_kien as comment,
    case
        when
            octet_length(convert(tra_loi.parts using utf8mb4))
            - octet_length(replace(convert(tra_loi.parts using utf8mb4) collate utf8mb4_bin, '|', ''))
            <> tra_loi.part_count - 1
            or octet_length(tra_loi.parts) > least(@@group_concat_max_len, @@max_allowed_packet) - 4
            then '?'
        else tra_loi.parts
    end as answers
from phieu as p
left join tra_loi on cast(p.so_phieu as binary) = tra_loi.so_phieu
where p.ngay_gio >= :month_start and p.ngay_gio < :month_end
