"""What an HTML element hides from its reader: preheaders, padding and text in the colour of its ground.

Only what surely hides counts. White text alone does not: its ground may be dark by a class or an ancestor. Text of size
zero is hidden only where nothing inside sets another size, as layout tables are often of size zero themselves.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_HIDES = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(?:^|;)opacity:0*\.?0*(?:;|!|$)|text-indent:-\d{3,}|"
    r"(?:^|;)(?:max-)?height:0(?:px)?(?:;|!|$).*overflow:hidden|overflow:hidden.*;(?:max-)?height:0(?:px)?(?:;|!|$)"
)
_TINY = re.compile(r"(?:^|;)font-size:(?:0*(?:\.\d+)?|0*1)(?:px|pt|em|rem|%)?(?:;|!|$)")
_ONE = re.compile(r"(?:^|;)font-size:0*1(?:px|pt)?(?:;|!|$)")
_SQUEEZED = re.compile(r"(?:^|;)line-height:0*[01](?:px|pt)?(?:;|!|$)")
_COLOUR = re.compile(r"(?:^|;)(color|background|background-color):([^;!]+)")
_WHITE = frozenset({"#fff", "#ffffff", "white", "rgb(255,255,255)"})
_LENGTH = 2000


def is_hidden(attributes: Mapping[str, object]) -> bool:
    """Say whether an element with these attributes is surely hidden, with all that is in it."""
    return "hidden" in attributes or _hides(_style(attributes))


def is_tiny(attributes: Mapping[str, object]) -> bool:
    """Say whether the element's own text is too small to be seen."""
    return _shrinks(_style(attributes))


def sets_size(attributes: Mapping[str, object]) -> bool:
    """Say whether an element sets the size of its text."""
    return "size" in attributes or "font" in _style(attributes).lower()


def _style(attributes: Mapping[str, object]) -> str:
    style = attributes.get("style")
    return style[:_LENGTH] if isinstance(style, str) else ""


@lru_cache(maxsize=2048)
def _hides(style: str) -> bool:
    bare = "".join(style.lower().split())
    if _HIDES.search(bare):
        return True
    if "background" not in bare:
        return False
    colours = {name.partition("-")[0]: _colour(value) for name, value in _COLOUR.findall(bare)}
    return "color" in colours and colours["color"] == colours.get("background")


@lru_cache(maxsize=2048)
def _shrinks(style: str) -> bool:
    bare = "".join(style.lower().split())
    if not _TINY.search(bare):
        return False
    return not _ONE.search(bare) or bool(_SQUEEZED.search(bare))


def _colour(value: str) -> str:
    return "#fff" if value in _WHITE else value
