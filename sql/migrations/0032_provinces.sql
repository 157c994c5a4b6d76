-- Provinces are geography, and what was never an office is withdrawn.

alter table core.dim_treasury add column withdrawn_reason text;
comment on column core.dim_treasury.withdrawn_reason is
'Why the entry was never an office (lý do rút); empty for every office. Old revisions under it are kept; nothing is planned or ranked under it';

alter table score.revision_treasury add column withdrawn_reason text;
comment on column score.revision_treasury.withdrawn_reason is 'Why the entry was never an office (lý do rút), as it was said then';

alter table mart.dim_treasury add column withdrawn_reason text;
comment on column mart.dim_treasury.withdrawn_reason is
'Why the entry was never an office (lý do rút); empty for every office. Only old revisions have figures under it';

create table core.dim_province (
    province_code text not null,
    valid_from date not null,
    province_name_vi text not null,
    province_name_en text not null,
    primary key (province_code, valid_from)
);
comment on table core.dim_province is 'Provinces (tỉnh, thành phố): geography, and no offices.';
comment on column core.dim_province.province_code is 'Code of the province since that day';
comment on column core.dim_province.valid_from is 'First day of the province in these borders';
comment on column core.dim_province.province_name_vi is 'Name in Vietnamese (tên tiếng Việt)';
comment on column core.dim_province.province_name_en is 'Name in English (tên tiếng Anh)';

create table core.province_part (
    treasury_id integer not null references core.dim_treasury,
    valid_from date not null,
    province_code text not null,
    primary key (treasury_id, valid_from),
    foreign key (province_code, valid_from) references core.dim_province
);
comment on table core.province_part is 'Which former provincial treasury lay in which province of later.';
comment on column core.province_part.treasury_id is 'The former provincial treasury';
comment on column core.province_part.valid_from is 'First day of the province';
comment on column core.province_part.province_code is 'The province in which it lay';

grant select on core.dim_province, core.province_part to hailong_loader, hailong_publisher;
grant insert, update on core.dim_province, core.province_part to hailong_loader;
