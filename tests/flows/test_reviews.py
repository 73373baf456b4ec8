"""Reviews on the desk as it runs, by polls alone: read with stars, answered for everybody to read, written anew."""

from collections.abc import Callable

from tests.running.customers import Account


def test_a_review_becomes_a_ticket_whose_answer_stands_below_it(connect: Callable[..., Account]) -> None:
    shop = connect("google_business", webhook=False)
    review = shop.says("★★ De balie in Oudmeer was dicht", by="marit", kind="review")
    ticket = shop.ticket("balie in Oudmeer", seconds=150)
    assert (ticket["rating"], ticket["private"]) == (2, False)
    answer = shop.answer(ticket["id"], "Wat vervelend. Morgen zijn we er weer.")
    shop.reply_becomes(answer["id"], "sent")
    (said,) = [one for one in shop.posts() if one["author"]["company"]]
    assert (said["parent_id"], said["text"].startswith("Wat vervelend.")) == (review["id"], True)
    shop.edits(review, "★★★★ De balie in Oudmeer was weer open")
    again = shop.ticket("weer open", seconds=150)
    assert (again["id"], again["rating"], again["status"]) == (ticket["id"], 4, "open")
