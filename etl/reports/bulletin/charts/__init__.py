"""The charts of a bulletin, each an SVG that carries its own sentence for those who do not see it.

``selection``: which charts there are. ``ranks``, ``funnel``, ``trend``, ``members``, ``tile_map``: one chart each.
``axes``, ``short_names``: what they share. ``svg``: how a chart is drawn, and the colours of the house.

Only what lies outside of the limits of chance is coloured, and a shape or a word says the same.
"""
