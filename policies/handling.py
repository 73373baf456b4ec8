"""How long colleagues were at work on a ticket, estimated from the steps that they took.

Nobody presses a stopwatch. What is known are the steps of each colleague, over all tickets: a reply, a note, a tag, a
transfer. The time before a step is taken for work on that step's ticket, up to `LONGEST`: who did nothing for longer
was elsewhere. A step after such a pause counts as `FIRST`. So reading without doing anything afterwards costs nothing,
and a long thought before a reply is cut: it is an estimate, from below.
"""

from datetime import timedelta

LONGEST = timedelta(minutes=10)  # before a step
FIRST = timedelta(minutes=2)  # before a step that follows a longer pause
