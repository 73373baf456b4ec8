"""A mail server that listens, and the desk pointed at it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.sandbox.mail import Catcher, Mailbox
from tests.running.desk import free_port


@contextmanager
def catching(folder: Path, settings: Any) -> Iterator[Mailbox]:
    """What the desk sends meanwhile, by a real SMTP conversation."""
    mailbox, port, loop = Mailbox(folder), free_port(), asyncio.new_event_loop()
    catcher = Catcher(mailbox)
    loop.run_until_complete(catcher.start("127.0.0.1", port))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.WEB_URL = "http://desk.example"
    yield mailbox
    asyncio.run_coroutine_threadsafe(catcher.stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.run_until_complete(_end_conversations())
    loop.close()
    mailbox.close()


async def _end_conversations() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
