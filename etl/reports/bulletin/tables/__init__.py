"""Every table of the bulletin, declared once: its columns, and in which form of the bulletin each of them stands.

``column``: what a column is. ``columns``: those that several tables have. ``ratings``: ranking, units, trend.
``figures``: by criterion, channel and the like. ``gaps``: where an area is weak. ``intake``: what came in, and what is
missing. ``record``: revisions, grade bands, footnotes, method.
"""
