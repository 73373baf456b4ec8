"""What is wrong with the form of a calendar: where, and in words. A path leads there by dots, as `week.mon`."""

from policies.calendar_messages import MESSAGES
from policies.form_problems import FormFault, FormRefused


class Problem(FormFault):
    """One thing of a calendar to correct."""

    messages = MESSAGES


class CalendarProblem(FormRefused):
    """A form that is no calendar, with everything that is wrong with it."""
