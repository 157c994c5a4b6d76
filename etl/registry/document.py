"""One YAML document as plain values; whatever is wrong with it is told with its line.

Besides what YAML itself refuses: what is nested or repeated without end, a key that is written twice, and numbers that
are not what they look like (``010`` would be 8, ``1:30`` would be 90). Keys stay as they are written, so that ``no``
and ``010`` can be codes, and dates stay text for the models to judge.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.reader import Reader

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML was built without libyaml: slower, otherwise the same
    from yaml import SafeLoader  # type: ignore[assignment]

DEEPEST = 50
"""How deep a document may be nested; ours are at most 8."""
_MOST_NODES = 1_000_000
"""How many values a document may have, each alias counted with all that it stands for."""
_LARGEST = 1 << 63
_OTHERWISE = re.compile(r"[-+]?0[0-9_]+|.*:.*")
"""Whole numbers that YAML 1.1 takes for octal or sexagesimal ones."""
_STR, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"


class Unparsable(ValueError):
    """What is wrong with a document, and its line where one is to blame."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.line = problem, line


def text_of(content: bytes) -> str:
    """The text of a file; what is no UTF-8, or no text, raises Unparsable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unparsable("it is not in UTF-8; save it as UTF-8", line) from None
    if strange := Reader.NON_PRINTABLE.search(text):
        line = text[: strange.start()].count("\n") + 1
        raise Unparsable(f"the character U+{ord(strange[0]):04X} may not stand there", line)
    return text


def values(text: str) -> Any:
    """The values of a document; one that is wrong raises Unparsable."""
    try:
        _measure(text)
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is not valid"
        raise Unparsable(str(problem), mark.line + 1 if mark else None) from None


def _measure(text: str) -> None:
    """Raise Unparsable for what is nested too deep, or grows too large.

    Event by event: whatever builds the document would fall over it. An alias counts what it stands for.
    """
    anchors: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = [(None, 0)]  # the anchor of each open node, and what is in it
    for event in yaml.parse(text, Loader=SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                open_nodes.append((event.anchor, 1))
                if len(open_nodes) > DEEPEST + 1:
                    raise Unparsable(f"it is nested more than {DEEPEST} deep", line)
                continue
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                anchor, size = open_nodes.pop()
            case yaml.AliasEvent():
                anchor, size = None, anchors.get(str(event.anchor), 0)
                if any(event.anchor == opened for opened, _ in open_nodes):
                    raise Unparsable(f"'{event.anchor}' stands inside of itself", line)
            case yaml.ScalarEvent():
                anchor, size = event.anchor, 1
            case _:
                continue
        if anchor:
            anchors[anchor] = size
        above, so_far = open_nodes[-1]
        open_nodes[-1] = (above, so_far + size)
        if so_far + size > _MOST_NODES:
            raise Unparsable(f"it stands for more than {_MOST_NODES} values", line)


class _Loader(SafeLoader):
    """Safe YAML in which no key is written twice, and keys and dates stay text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        """Build a mapping; a key that is there already would silently replace the first."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConstructorError(problem="a key must be a text", problem_mark=key.start_mark)
            if key.value in seen:
                raise ConstructorError(problem=f"'{key.value}' is declared twice", problem_mark=key.start_mark)
            seen.add(key.value)
            key.tag = key.tag if key.tag == _MERGE else _STR
        return super().construct_mapping(node, deep)


def _whole_number(loader: Any, node: yaml.ScalarNode) -> int:
    """A whole number that is what it looks like."""
    if _OTHERWISE.fullmatch(node.value):
        raise ConstructorError(
            problem=f"'{node.value}' is another number in YAML; write it without leading zeros, or in quotation marks",
            problem_mark=node.start_mark,
        )
    number = loader.construct_yaml_int(node) if len(node.value) < len(str(_LARGEST)) * 4 else _LARGEST
    if abs(number) >= _LARGEST:
        raise ConstructorError(problem="the number is too large", problem_mark=node.start_mark)
    return int(number)


def _fraction(loader: Any, node: yaml.ScalarNode) -> float:
    """A number that is finite."""
    number = math.nan if ":" in node.value else loader.construct_yaml_float(node)
    if not math.isfinite(number):
        raise ConstructorError(problem=f"'{node.value}' is no finite number", problem_mark=node.start_mark)
    return float(number)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))
_Loader.add_constructor("tag:yaml.org,2002:int", _whole_number)
_Loader.add_constructor("tag:yaml.org,2002:float", _fraction)
