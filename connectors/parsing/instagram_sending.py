"""What Meta says of a comment of ours: at most 300 characters, 4 hashtags and one link, and not in capitals alone.

Source: Meta's reference of IG Media Comments and IG User Mentions (v24 to v26).
"""

import re

from connectors import errors

COMMENT_LIMIT = 300  # characters
MOST_HASHTAGS = 4

_HASHTAG = re.compile(r"(?<!\w)#\w")
_LINK = re.compile(r"https?://|(?<![\w.@])www\.", re.IGNORECASE)


def comment_fault(text: str) -> errors.InvalidContent | None:
    """Why Instagram would refuse these words as a comment; None where it takes them."""
    if len(text) > COMMENT_LIMIT:
        return errors.InvalidContent("The text is too long for a comment on Instagram.", limit=COMMENT_LIMIT)
    if len(_HASHTAG.findall(text)) > MOST_HASHTAGS:
        return errors.InvalidContent("Instagram takes at most 4 hashtags in a comment.")
    if len(_LINK.findall(text)) > 1:
        return errors.InvalidContent("Instagram takes at most one link in a comment.")
    if text.isupper():
        return errors.InvalidContent("Instagram takes no comment that is in capitals alone.")
    return None
