"""What an account reads: itself, its notifications, statuses and what stands around them, and the server."""

from typing import Any

from starlette.responses import JSONResponse, RedirectResponse, Response

from connectors.sandbox.mastodon.api import MAX_CHARACTERS, Call
from connectors.sandbox.mastodon.refusals import not_found
from connectors.sandbox.mastodon.shapes import FELT, SLUG, notification_id, position_of_notification, type_of
from connectors.sandbox.mastodon.text import LINK_LENGTH
from connectors.sandbox.records import Post, Reaction

VERSION = "4.5.2"
IMAGE_BYTES = 16 * 1024 * 1024
IMAGES = ["image/jpeg", "image/png", "image/gif", "image/webp"]
LONGEST_ALT = 1_500
MOST_MEDIA = 4
_MOST_BELOW = 1_000
WORDS = {"mention", "quote"}  # notifications that bring some
TYPES = (*sorted(WORDS), *FELT)
_FAR = 2**63 - 1


async def me(call: Call) -> dict[str, Any]:
    """Whose token it is."""
    source = {"privacy": "public", "sensitive": False, "language": None, "note": "", "fields": []}
    return {**call.shapes.account(call.account), "source": source}


async def account(call: Call) -> dict[str, Any]:
    """Somebody."""
    found = call.store.account(SLUG, call.request.path_params["id"])
    if found is None:
        raise not_found()
    return call.shapes.account(found)


async def notifications(call: Call) -> Response:
    """Who mentioned or quoted the account, and who favoured or boosted what it wrote; newest first, 80 at most."""
    types, without = call.listed("types"), call.listed("exclude_types")
    limit, wanted = call.number("limit", 40, 80), {one for one in types or TYPES if one not in without}
    posts = [
        post
        for post in (_page(call, limit, position_of_notification, reaching=True) if wanted & WORDS else ())
        if type_of(post, call.account.id) in wanted
    ]
    felt = [one for one in (_felt(call, limit) if wanted & FELT.keys() else ()) if one.kind in _kinds(wanted)]
    below = {one.id: one for one in _posts_below(call, felt)}
    people = call.shapes.people_of([*posts, *below.values()], [one.person_id for one in felt])
    told: list[Post | Reaction] = [*posts, *(one for one in felt if one.post_id in below)]
    if felt:  # what a fault did to the order of the others is at an end
        told.sort(key=lambda one: -one.position)
        told = told[-limit:] if "min_id" in call.request.query_params else told[:limit]
    rows = [
        call.shapes.reaction(one, below[one.post_id], people)
        if isinstance(one, Reaction)
        else call.shapes.notification(one, people)
        for one in told
    ]
    return _paged(call, rows, [notification_id(one.position) for one in told], limit)


def _kinds(wanted: set[str]) -> set[str]:
    return {kind for name, kind in FELT.items() if name in wanted}


def _felt(call: Call, limit: int) -> list[Reaction]:
    return call.store.reactions(SLUG, call.account.id, **_bounds(call, limit, position_of_notification))


def _posts_below(call: Call, felt: list[Reaction]) -> list[Post]:
    found = (call.store.post(SLUG, one) for one in {reaction.post_id for reaction in felt})
    return [post for post in found if post is not None and post.deleted_at is None]


async def notification(call: Call) -> dict[str, Any]:
    """One of them."""
    position = position_of_notification(call.request.path_params["id"])
    around = (position or 1) - 1
    found = call.store.reaching(SLUG, call.account.id, after=around, before=around + 2, limit=1)
    if position is None or not found:
        raise not_found()
    return call.shapes.notification(found[0], call.shapes.people_of(found))


async def account_statuses(call: Call) -> Response:
    """What somebody wrote, newest first, 40 at most; the private ones among it for whom they concern."""
    owner = call.request.path_params["id"]
    if call.store.account(SLUG, owner) is None:
        raise not_found()
    limit = call.number("limit", 20, 40)
    posts = _page(call, limit, _position_of_status, author_id=owner)
    shown = [post for post in posts if not post.private or _concerns(call, post)]
    people = call.shapes.people_of(shown)
    rows = [call.shapes.status(post, people) for post in shown]
    return _paged(call, rows, [post.id for post in posts], limit)


async def status(call: Call) -> dict[str, Any]:
    """One status."""
    return call.shapes.status(call.visible(call.request.path_params["id"]))


async def statuses(call: Call) -> list[dict[str, Any]]:
    """Several statuses by id; those that are not there are left out."""
    found = [call.store.post(SLUG, one) for one in call.listed("id")[:20]]
    posts = [post for post in found if post is not None and post.deleted_at is None]
    return [call.shapes.status(post) for post in posts if not post.private or _concerns(call, post)]


async def context(call: Call) -> dict[str, Any]:
    """What stands above and below a status."""
    post = call.visible(call.request.path_params["id"])
    thread = call.store.posts(SLUG, root_id=post.root_id, limit=_MOST_BELOW)
    known = {one.id: one for one in thread if not one.private or _concerns(call, one)}
    above: list[Post] = []
    parent = call.store.post(SLUG, post.parent_id) if post.parent_id else None
    while parent is not None and parent.deleted_at is None and (not parent.private or _concerns(call, parent)):
        above.insert(0, parent)
        parent = call.store.post(SLUG, parent.parent_id) if parent.parent_id else None
    below, ids = [], {post.id}
    for one in known.values():
        if one.parent_id in ids:
            ids.add(one.id)
            below.append(one)
    people = call.shapes.people_of([*above, *below])
    return {
        "ancestors": [call.shapes.status(one, people) for one in above],
        "descendants": [call.shapes.status(one, people) for one in below],
    }


async def instance_v1(call: Call) -> dict[str, Any]:
    """The server, as older software says it."""
    return {
        "uri": "vlotlijn.example", "title": "Sandbox", "version": VERSION, "urls": {}, "languages": ["nl"],
        "configuration": _configuration(call), "rules": [],
    }  # fmt: skip


async def instance_v2(call: Call) -> dict[str, Any]:
    """The server. Not every software has this."""
    if call.is_other_software:
        raise not_found()
    return {
        "domain": "vlotlijn.example", "title": "Sandbox", "version": VERSION, "api_versions": {"mastodon": 7},
        "configuration": _configuration(call), "languages": ["nl"], "rules": [],
    }  # fmt: skip


async def page(call_for: Any) -> Response:
    """Where a status is seen by people: on the town square."""
    return RedirectResponse(f"/square/?network={SLUG}&post={call_for.path_params['id']}")


def _configuration(call: Call) -> dict[str, Any]:
    return {
        "urls": {} if call.is_other_software else {"streaming": f"{call.network.sandbox.address}/{SLUG}"},
        "statuses": {
            "max_characters": int(call.account.settings.get("max_characters", MAX_CHARACTERS)),
            "max_media_attachments": MOST_MEDIA,
            "characters_reserved_per_url": LINK_LENGTH,
        },
        "media_attachments": {
            "supported_mime_types": IMAGES,
            "image_size_limit": IMAGE_BYTES,
            "description_limit": LONGEST_ALT,
        },
    }


def _concerns(call: Call, post: Post) -> bool:
    return call.account.id in (post.author_id, *post.extra.get("mentioned_ids", ()))


def _position_of_status(given: str) -> int | None:
    return min(int(given), _FAR) if given.isdecimal() and len(given) < 20 else None


def _page(call: Call, limit: int, position: Any, *, reaching: bool = False, **equal: Any) -> list[Post]:
    bounds = _bounds(call, limit, position)
    if reaching:
        found = call.store.reaching(SLUG, call.account.id, **bounds)
    else:
        found = call.store.posts(SLUG, **bounds, **equal)
    found = found if bounds["newest_first"] else found[::-1]
    return call.network.sandbox.faults.disturb_page(SLUG, f"GET {call.request.scope['path']}", found)


def _bounds(call: Call, limit: int, position: Any) -> dict[str, Any]:
    """`max_id`, `since_id` and `min_id` as Mastodon reads them: `min_id` gives what is right above it."""
    query = call.request.query_params
    places = {name: position(query.get(name, "")) for name in ("max_id", "since_id", "min_id")}
    return {
        "after": max(places["min_id"] or 0, places["since_id"] or 0),
        "before": places["max_id"],
        "limit": limit,
        "newest_first": places["min_id"] is None,
    }


def _paged(call: Call, rows: list[dict[str, Any]], ids: list[str], limit: int) -> Response:
    """The rows with the Link header that leads to the pages around them."""
    answer = JSONResponse(rows)
    if ids:
        here = f"{call.network.sandbox.address}{call.request.scope['path']}"
        links = [f'<{here}?min_id={ids[0]}>; rel="prev"']
        if len(ids) >= limit:
            links.insert(0, f'<{here}?limit={limit}&max_id={ids[-1]}>; rel="next"')
        answer.headers["Link"] = ", ".join(links)
    return answer
