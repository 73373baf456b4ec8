"""The addresses of the queue and of tickets."""

from django.urls import URLPattern, path, re_path

from desk.web.views import attachments, bulk, composer, dialogs, queue, ticket

urlpatterns: list[URLPattern] = [
    path("queue/", queue.show, name="queue"),
    path("queue/rows/", queue.refresh, name="queue-rows"),
    path("queue/counts/", queue.counts, name="queue-counts"),
    path("queue/filter/", queue.narrow, name="queue-filter"),
    path("queue/next/", queue.take_next, name="queue-next"),
    path("queue/bulk/", bulk.bulk, name="bulk"),
    path("dialogs/assign/", dialogs.assign, name="dialog-assign"),
    path("dialogs/snooze/", dialogs.snooze, name="dialog-snooze"),
    path("dialogs/priority/", dialogs.priority, name="dialog-priority"),
    path("dialogs/tags/", dialogs.tags, name="dialog-tags"),
    path("dialogs/merge/", dialogs.merge, name="dialog-merge"),
    path("tickets/<int:ticket_id>/", ticket.show, name="ticket"),
    path("tickets/<int:ticket_id>/fresh/", ticket.fresh, name="ticket-fresh"),
    path("tickets/<int:ticket_id>/seen/", ticket.seen, name="ticket-seen"),
    path("tickets/<int:ticket_id>/messages/", ticket.messages, name="ticket-messages"),
    path("tickets/<int:ticket_id>/timeline/", ticket.timeline, name="ticket-timeline"),
    path("tickets/<int:ticket_id>/customer/", ticket.customer, name="ticket-customer"),
    path("tickets/<int:ticket_id>/claim/", ticket.claim, name="ticket-claim"),
    path("tickets/<int:ticket_id>/assign/", ticket.assign, name="ticket-assign"),
    path("tickets/<int:ticket_id>/transition/", ticket.transition, name="ticket-transition"),
    path("tickets/<int:ticket_id>/acknowledge/", ticket.acknowledge, name="ticket-acknowledge"),
    path("tickets/<int:ticket_id>/snooze/", ticket.snooze, name="ticket-snooze"),
    path("tickets/<int:ticket_id>/priority/", ticket.priority, name="ticket-priority"),
    path("tickets/<int:ticket_id>/tags/", ticket.tags, name="ticket-tags"),
    path("tickets/<int:ticket_id>/merge/", ticket.merge, name="ticket-merge"),
    path("tickets/<int:ticket_id>/note/", ticket.note, name="ticket-note"),
    path("tickets/<int:ticket_id>/draft/", composer.draft, name="ticket-draft"),
    path("tickets/<int:ticket_id>/reply/", composer.reply, name="ticket-reply"),
    path("tickets/<int:ticket_id>/read-on/", composer.read_on, name="ticket-read-on"),
    path("tickets/<int:ticket_id>/canned/", composer.canned_responses, name="ticket-canned"),
    path("colleagues/", composer.people, name="colleagues"),
    re_path(
        r"^replies/(?P<reply_id>[0-9]{1,18})/(?P<decision>undo|cancel|release|again|there|look)/$",
        composer.decide,
        name="reply-decide",
    ),
    path("messages/<int:message_id>/act/", ticket.act, name="message-act"),
    path("messages/<int:message_id>/deleted/", ticket.deleted, name="message-deleted"),
    path("messages/<int:message_id>/text/", attachments.whole_text, name="message-text"),
    path("attachments/<int:attachment_id>/", attachments.attachment, name="attachment"),
]
