"""What X charges, in US dollars: docs.x.com/x-api/getting-started/pricing, 2026-08.

What X includes is charged like what was asked for. The same thing twice within a UTC day is charged once, so these
sums are the most that it can be.
"""

import warnings

OWN_READ = 0.001  # mentions and own posts
POST_READ = 0.005
USER_READ = 0.010
MESSAGE_READ = 0.010
POST = 0.015
SUMMONED_REPLY = 0.010  # to somebody who mentioned or quoted us
POST_WITH_LINK = 0.200
MESSAGE = 0.015
OF_A_MENTION = OWN_READ + USER_READ + POST_READ  # with its author and what it answers: the most that it can be
OF_A_MESSAGE = MESSAGE_READ + USER_READ
OF_A_FOUND_POST = POST_READ + USER_READ + POST_READ  # of a search, the same way


def of_posts(count: int, *, included_posts: int, users: int) -> float:
    """Reading a page of mentions or own posts."""
    return round(OWN_READ * count + POST_READ * included_posts + USER_READ * users, 6)


def of_found(count: int, *, included_posts: int, users: int) -> float:
    """Reading a page of what a search found."""
    return round(POST_READ * (count + included_posts) + USER_READ * users, 6)


def of_messages(count: int, *, users: int) -> float:
    """Reading a page of direct messages."""
    return round(MESSAGE_READ * count + USER_READ * users, 6)


def of_post(text: str, *, reply: bool) -> float:
    """Writing a public post; a bare "abn.nl" is a link too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library reads its table of emoji through pkg_resources
        from twitter_text import extract_urls
    if extract_urls(text):
        return POST_WITH_LINK
    return SUMMONED_REPLY if reply else POST
