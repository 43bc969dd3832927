"""Turn job rejections into feedback: read mail, judge it, leave a reply in kind in the Drafts. Never send."""

__version__ = "0.1.0"
