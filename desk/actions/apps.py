from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class ActionsConfig(AppConfig):
    name = "desk.actions"

    def ready(self) -> None:
        import desk.actions.forms.form_mails
        import desk.actions.questions.question_mail
        import desk.actions.threads.thread_mail  # noqa: F401  # they take what comes back by mail

        register(rules_are_whole)


def rules_are_whole(**_asked: Any) -> list[CheckMessage]:
    """A rule without a message, a docstring or a code of its own stops the desk before its first process starts."""
    from policies.check import problems

    return [Error(problem, hint="Correct the rule in policies/rules/.", id="desk.E001") for problem in problems()]
