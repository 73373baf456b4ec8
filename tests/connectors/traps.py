"""What each network and its client library do that costs whoever does not know it, by number.

A test that shows one wears its number (`@pytest.mark.trap(12)`); of a fixture it stands under `traps`.
"""

TRAPS = {
    # X with tweepy
    1: "The library's host is a literal: a request goes to another server only after it was signed for the original.",
    2: "The library sets no time-out, and faults on the way come raw out of requests.",
    3: "Direct messages may be read fifteen times in fifteen minutes.",
    4: "Without all expansions and the field of long posts a mention comes without author, context or its whole text.",
    5: "Direct messages come without sender and time unless both are asked for.",
    6: "Pictures are brought by a JSON request of API v2, which the library has no method for.",
    7: "402 has no class of its own; what a refusal means stands in status and body.",
    8: "A 200 that holds only errors raises nothing.",
    9: "Told to wait for a limit, the library sleeps inside the worker, and without a time it calls itself to death.",
    10: "Mentions and search go out with the app's bearer token unless the account's own is asked for.",
    11: "The library's models fail on a missing name and on times without fractions.",
    12: "An app may answer only where the author mentioned or quoted the account.",
    13: "Likes by API are for enterprise customers.",
    14: "A post with a link costs twenty times as much.",
    15: "A challenge that is not answered stops delivery without a word; signatures are over the raw bytes.",
    16: "An event's number can be negative, users come wrapped, and one post comes once for each account it mentions.",
    17: "The older API tells of own posts and reposts too, its numbers lose digits, and long text stands elsewhere.",
    18: "Encrypted chats can be read by nobody but X's own app.",
    19: "X's description has said post where answers say tweet since August 2026.",
    # Facebook, Messenger and Instagram with facebook-sdk
    20: "The library knows only versions that are dead.",
    21: "The library puts the token into addresses, and so into logs.",
    22: "The library loses status, subcode and headers.",
    23: "HTML with status 503, a missing content type and JSON that is none each break the library in another way.",
    24: "The library mangles objects, and writes True where false and true are known.",
    25: "The library's own paging fails where a next page has no token.",
    26: "A comment is answered in private once, within seven days, and that opens no window.",
    27: "A private answer is open for 24 hours, with a tag for seven days.",
    28: "What is not in Meta's description may be gone tomorrow.",
    29: "Limits are told in per cent, of the page or of the app.",
    30: "What a code means hangs on its subcode, and 2 can be the customer's block.",
    31: "A round trip through JSON breaks the signature of a delivery.",
    32: "What happened follows from item and verb; reactions carry a comment's id, first comments have the post above.",
    33: "Ids are numbers or text, authors stand in three places or nowhere, echoes are ours, standby is another app's.",
    34: "Addresses of files expire, so files are taken in at once.",
    # Mastodon with Mastodon.py
    35: "The library waits for limits inside the call, and five minutes for an answer.",
    36: "Exceptions do not tell: other software says 401 for what is not ours, and 400 for a bad token.",
    37: "The cursor is the notification's id and not the status's.",
    38: "Words are HTML of a stranger's server.",
    39: "A direct post reaches everybody whom it names.",
    40: "A notification may become visible after a later one, and edits and deletions are told to nobody.",
    41: "Every server has its own limits, and counts addresses and mentions in its own way.",
    42: "A second try is a second post, unless a key goes along.",
    # Bluesky with atproto
    43: "A handle without a facet notifies nobody, and facets count bytes.",
    44: "A text has two limits: graphemes and bytes.",
    45: "A new account has no profile for a moment.",
    46: "What was hidden is told all the same.",
    47: "The library's exception classes mislead.",
    48: "The cursor of notifications is a time that goes backwards: what comes twice is told once.",
    49: "Direct messages need a password with a right of its own.",
    # Lengths
    50: "X weighs characters, counts an address as 23, and takes a bare host for one.",
    51: "Comments on Facebook and messages on Messenger and Instagram have limits of their own, Instagram's in bytes.",
}
