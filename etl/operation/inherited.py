"""What the tasks of a run need, imported at once: by a process that forks them, so that each inherits it."""

import etl.admission.admit
import etl.source.postgresql
import etl.source.snapshot  # noqa: F401
