-- The page of a run says who was read too early by the definition that the ratings have, and its login reads it.

grant select on ops.early_month to hailong_pages;
