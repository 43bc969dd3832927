"""What an HTML element hides from its reader: preheaders, padding and text in the colour of its ground.

Only what surely hides counts. White text alone does not: its ground may be dark by a class or an ancestor.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_STYLE = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(?:^|;)opacity:0*\.?0*(?:;|!|$)|"
    r"(?:^|;)font-size:0*(?:\.\d+)?(?:px|pt|em|rem|%)?(?:;|!|$)|(?:^|;)max-height:0|text-indent:-\d{3,}|"
    r"(?:^|;)font-size:1px;.*line-height:[01]px|line-height:[01]px;.*font-size:1px|"
    r"(?:^|;)height:0(?:px)?;.*overflow:hidden|overflow:hidden;.*(?:^|;)height:0(?:px)?(?:;|!|$)"
)
_COLOUR = re.compile(r"(?:^|;)(color|background|background-color):([^;!]+)")
_WHITE = frozenset({"#fff", "#ffffff", "white", "rgb(255,255,255)"})
_LENGTH = 2000


def is_hidden(attributes: Mapping[str, object]) -> bool:
    """Say whether an element with these attributes is surely hidden."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return isinstance(style, str) and bool(style) and _hides(style[:_LENGTH])


@lru_cache(maxsize=2048)
def _hides(style: str) -> bool:
    bare = "".join(style.lower().split())
    if _STYLE.search(bare):
        return True
    if "background" not in bare:
        return False
    colours = {name.partition("-")[0]: _colour(value) for name, value in _COLOUR.findall(bare)}
    return "color" in colours and colours["color"] == colours.get("background")


def _colour(value: str) -> str:
    return "#fff" if value in _WHITE else value
