-- what: until the transaction ends, nobody else brings the star up to date
-- grain: none
-- params: none
lock table mart.dim_month in share row exclusive mode
