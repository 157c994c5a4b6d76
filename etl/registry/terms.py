"""Words that every room reads alike: they stand in code, tables and files."""

from __future__ import annotations

UNSTATED = "unstated"
"""The member of every dimension that stands for "the answer does not say"."""

LOST = "\ufffd"
"""Stands where bytes of the source were no UTF-8."""

PRESENT = ("loaded", "no_data")
"""The states of a treasury's month that is not missing."""
