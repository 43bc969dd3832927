"""What an HTML element hides from its reader: preheaders, padding and text in the colour of its ground.

Only what surely hides counts. White text alone does not: its ground may be dark by a class or an ancestor.
"""

import re
from collections.abc import Mapping

_STYLE = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|opacity:0*\.?0*(?:;|!|$)|font-size:0*(?:\.\d+)?(?:px|pt|em|rem|%)?(?:;|!|$)|"
    r"(?:^|;)max-height:0|font-size:1px;.*line-height:[01]px|line-height:[01]px;.*font-size:1px|text-indent:-\d{3,}|"
    r"(?:^|;)height:0(?:px)?;.*overflow:hidden|overflow:hidden;.*(?:^|;)height:0(?:px)?(?:;|!|$)"
)
_COLOUR = re.compile(r"(?:^|;)(color|background|background-color):([^;!]+)")
_WHITE = {"#fff", "#ffffff", "white", "rgb(255,255,255)"}


def is_hidden(attributes: Mapping[str, object]) -> bool:
    """Say whether an element with these attributes is surely hidden."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if not isinstance(style, str) or not style:
        return False
    bare = "".join(style[:2000].lower().split())
    if _STYLE.search(bare):
        return True
    colours = {name.partition("-")[0]: _colour(value) for name, value in _COLOUR.findall(bare)}
    return "color" in colours and colours["color"] == colours.get("background")


def _colour(value: str) -> str:
    return "#fff" if value in _WHITE else value
