"""Direct messages on X: from public into private and back on one ticket."""

from tests.running.customers import Account


def test_a_mention_moves_into_a_direct_message_and_stays_one_ticket(x: Account) -> None:
    x.says(f"@{x.handle} ik ben mijn tas kwijt", by="lars")
    ticket = x.ticket("tas kwijt")
    private = x.answer(ticket["id"], "Stuur ons hier je gegevens.", visibility="private")
    x.reply_becomes(private["id"], "sent")
    x.says("Blauwe rugzak, de 7:52 vanaf Kromwijk", by="lars", kind="dm")
    after = x.ticket("Blauwe rugzak", seconds=90)  # without the webhook a poll of messages comes once a minute
    assert (after["id"], after["private"]) == (ticket["id"], True)
    closing = x.answer(ticket["id"], "We hebben je een bericht gestuurd.", visibility="public")
    x.reply_becomes(closing["id"], "sent")
    assert len(x.tickets()) == 1


def test_personal_data_in_a_public_reply_is_stopped_and_in_private_it_is_not(x: Account) -> None:
    x.says(f"@{x.handle} waar blijft mijn geld?", by="wietske")
    ticket = x.ticket("mijn geld")["id"]
    text = "We storten het op NL91 ABNA 0417 1643 00."
    body = {"text": text, "visibility": "public", "idempotency_key": f"iban-{ticket}"}
    refused = x.desk.api("POST", f"tickets/{ticket}/reply/", body, expect=422)
    assert [finding["code"] for finding in refused["findings"]] == ["personal_data.iban"]
    assert x.company_said() == []
    x.reply_becomes(x.answer(ticket, text, visibility="private")["id"], "sent")
