"""Words that every room reads alike: they stand in code, tables and files."""

from __future__ import annotations

UNSTATED = "unstated"
"""The member of every dimension that stands for "the answer does not say"."""

LONGEST_CODE = 200
"""The most letters of a code: several of them stand in one entry of an index, which holds 2,704 bytes."""

LONGEST_LABEL = 1000
"""The most letters of a label: the name of a procedure may be long, and stands in no index."""

LOST = "\ufffd"
"""Stands where bytes of the source were no UTF-8."""

PRESENT = ("loaded", "no_data")
"""The states of a treasury's month that is not missing."""

EVERYONE = "all"
"""Stands for all treasuries together where a finding is about no single one."""
