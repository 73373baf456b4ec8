"""How addresses of the desk's own pages for customers begin: replies may lead there whatever the rulebook lists."""

from desk.actions.forms import form_links
from desk.actions.knowledge.help_pages import address_of_help


def own_links() -> tuple[str, ...]:
    """The pages on which a customer goes on by a form, and the help pages."""
    return form_links.starts(), address_of_help()
