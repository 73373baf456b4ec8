"""Articles and canned responses."""

from django.utils import timezone

from desk.actions.knowledge import article_reviews, gaps, suggesting
from desk.actions.replies import canned_reviews
from desk.knowledge import counting as words_of_texts
from desk.tasks.named import task


@task
def sweep_article_reviews() -> None:
    """Articles that somebody should read again."""
    article_reviews.tell_owners(timezone.now())


@task
def suggest_articles() -> None:
    """What was answered lately becomes suggestions."""
    suggesting.sweep(timezone.now())


@task
def find_gaps() -> None:
    """What customers ask about and nothing is written of."""
    gaps.find_gaps(timezone.now())


@task
def count_words() -> None:
    """How rare words are, for the ranking of what is found."""
    words_of_texts.count_words()


@task
def sweep_canned_reviews() -> None:
    """Canned responses that somebody should read again."""
    canned_reviews.tell_owners(timezone.now())
