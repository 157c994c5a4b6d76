-- what: where the forms are kept that were read before a moment
-- grain: form
-- params: read_before
select f.form_path
from action.old_forms(:read_before) as f (form_path)
