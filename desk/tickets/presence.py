"""Who is looking at a ticket and who is typing, so that two colleagues don't answer the same customer.

Kept in Redis only, and for seconds only: a browser says "still here" every 20 s, and who stops saying it is gone.
A hash for each ticket holds its people; one sorted set over all tickets says when each of them lapses, so that a
browser that died without a word is noticed (`sweep`) and told to the others. Every change is one script, so that
what the live line tells is what is stored, and it tells only what others can see a change of.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

import redis

from desk.common.live import KEPT_EVENTS, STREAM, client
from desk.common.logs import logger
from desk.people.models import User

HERE_SECONDS = 45
TYPING_SECONDS = 8
LAPSES = "desk:presence"  # sorted set: "ticket:user" by the second at which something about it lapses


class Doing(StrEnum):
    """What a colleague does at a ticket."""

    VIEWING = "viewing"
    TYPING = "typing"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague at a ticket."""

    id: int
    name: str
    initials: str
    typing: bool


# KEYS: the ticket's hash, LAPSES, the live stream. ARGV: now, ticket, user, kept events, and for a change also
# here until, typing until, name, initials. Without these it only lets lapse what has lapsed.
_SETTLE = """
local now, ticket, user = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local was = redis.call('HGET', KEYS[1], user)
local entry = was and cjson.decode(was) or {here = 0, typing = 0, told = ''}
if ARGV[5] then
  entry.here, entry.typing, entry.name, entry.initials = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]
end
local before, after = entry.told, ''
if entry.here > now then after = entry.typing > now and 'typing' or 'viewing' end
entry.told = after
if after == '' then
  redis.call('HDEL', KEYS[1], user)
  redis.call('ZREM', KEYS[2], ticket .. ':' .. user)
else
  redis.call('HSET', KEYS[1], user, cjson.encode(entry))
  redis.call('EXPIRE', KEYS[1], 300)
  local lapses = after == 'typing' and math.min(entry.typing, entry.here) or entry.here
  redis.call('ZADD', KEYS[2], lapses, ticket .. ':' .. user)
end
if before == after then return 0 end
local people, all = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local one = cjson.decode(all[i + 1])
  if one.here > now then
    table.insert(people, {id = tonumber(all[i]), name = one.name, initials = one.initials, typing = one.typing > now})
  end
end
local told = #people == 0 and '[]' or cjson.encode(people)
local noun, number = string.match(ticket, '^(%a+)-(%d+)$')
local data = '{"' .. (noun or 'ticket') .. '":' .. (number or ticket) .. ',"people":' .. told .. '}'
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*', 'kind', 'presence', 'data', data)
return 1
"""


def room(crisis_id: int) -> str:
    """The place where people look at a crisis: everything here that takes the number of a ticket takes it, too."""
    return f"crisis-{crisis_id}"


def thread(thread_id: int) -> str:
    """The same for a thread between colleagues that everybody reads."""
    return f"thread-{thread_id}"


def say(ticket_id: int | str, user: User, doing: Doing, *, now: float | None = None) -> bool:
    """Note what a colleague does at a ticket and tell the others; whether they see a change. `now` in epoch seconds."""
    now = time.time() if now is None else now
    here = 0.0 if doing is Doing.LEFT else now + HERE_SECONDS
    typing = now + TYPING_SECONDS if doing is Doing.TYPING else 0.0
    try:
        return _settle(now, str(ticket_id), str(user.pk), here, typing, user.name, user.initials)
    except redis.RedisError as problem:
        logger.warning("presence not told", problem=str(problem))
        return False


def people(ticket_id: int | str, *, now: float | None = None) -> list[Present]:
    """Who is at a ticket, in the order of their ids."""
    return people_of([ticket_id], now=now).get(ticket_id, [])


Place = TypeVar("Place", int, str, int | str)


def people_of(ticket_ids: Sequence[Place], *, now: float | None = None) -> dict[Place, list[Present]]:
    """The same for a whole list in one round trip; tickets with nobody are left out. Empty where Redis is away."""
    now = time.time() if now is None else now
    pipeline = client().pipeline(transaction=False)
    for ticket_id in ticket_ids:
        pipeline.hgetall(_key(str(ticket_id)))
    try:
        answers = cast(list[dict[str, str]], pipeline.execute() if ticket_ids else [])
    except redis.RedisError as problem:
        logger.warning("presence unknown", problem=str(problem))
        return {}
    found = {ticket_id: _present(answer, now) for ticket_id, answer in zip(ticket_ids, answers, strict=True)}
    return {ticket_id: present for ticket_id, present in found.items() if present}


def sweep(*, now: float | None = None) -> int:
    """Let lapse who stopped saying "still here", and tell the others; how many changes could be seen."""
    now = time.time() if now is None else now
    lapsed = cast(list[str], client().zrangebyscore(LAPSES, "-inf", now, start=0, num=500))
    return sum(_settle(now, *member.split(":")) for member in lapsed)


def _settle(now: float, ticket_id: str, user_id: str, *change: float | str) -> bool:
    arguments = (str(now), ticket_id, user_id, str(KEPT_EVENTS), *map(str, change))
    return bool(client().eval(_SETTLE, 3, _key(ticket_id), LAPSES, STREAM, *arguments))


def _key(ticket_id: str) -> str:
    return f"desk:presence:{ticket_id}"


def _present(answer: dict[str, str], now: float) -> list[Present]:
    entries = sorted(((int(user_id), json.loads(entry)) for user_id, entry in answer.items()), key=lambda pair: pair[0])
    return [
        Present(user_id, entry["name"], entry["initials"], typing=entry["typing"] > now)
        for user_id, entry in entries
        if entry["here"] > now
    ]
