"""Whole databases, made up from an engine and a seed, with a known truth about every row.

``truth`` is what must become of rows, ``texts``, ``keys``, ``times``, ``codes`` and ``answers`` what stands in columns,
``storages``, ``shapes`` and ``dressing`` what tables there are, ``made`` a whole database, ``servers`` where it is
made, ``network`` whose it is, ``visit`` the real path that it goes, ``invariants`` what must hold, ``campaign`` many.
"""
