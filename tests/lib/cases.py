"""How many made-up cases each property is asked about."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings as made_up

# none fails because the machine is busy
EXAMPLES = int(os.environ.get("HAILONG_EXAMPLES") or 0)
made_up.register_profile("hailong", deadline=None, max_examples=EXAMPLES or 50)
made_up.load_profile("hailong")


def slow(count: int) -> made_up:
    """So many cases for a property of which each takes long, unless HAILONG_EXAMPLES says how many."""
    return made_up(max_examples=EXAMPLES or count)


def first(count: int, cases: Sequence[Any], mark: str = "deep") -> list[Any]:
    """Cases of one kind; those after the first get a mark, by which only make deep or make thorough asks them."""
    others = [case if type(case) is tuple else (case,) for case in cases[count:]]
    return [*cases[:count], *(pytest.param(*case, marks=getattr(pytest.mark, mark)) for case in others)]
