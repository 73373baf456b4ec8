"""Every address of the REST API."""

from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter

from desk.api.description import Description, Documents
from desk.api.fields import LARGEST_ID
from desk.api.resources import (
    alerts,
    approvals,
    attachments,
    batches,
    calendars,
    canned,
    crises,
    crisis_plans,
    crisis_report,
    crisis_team,
    crisis_tickets,
    customers,
    desk,
    escalation,
    figures,
    inboxes,
    people,
    privacy,
    replies,
    reply_files,
    reports,
    rotas,
    rulebooks,
    saved_reports,
    shifts,
    signals,
    sla,
    statements,
    tickets,
    wallboards,
    war_room,
    what_if,
)
from desk.api.views import NoSuchAddress


class NumberConverter:
    """An id: a whole number from 1 that fits a PostgreSQL bigint."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(NumberConverter, "number")

_of_ticket = [
    path("", tickets.OneTicket.as_view()),
    path("messages/", tickets.Messages.as_view()),
    path("context/", tickets.Context.as_view()),
    path("events/", tickets.Events.as_view()),
    path("notes/", tickets.Notes.as_view()),
    path("replies/", tickets.Replies.as_view()),
    path("channels/", tickets.Channels.as_view()),
    path("seen/", tickets.Seen.as_view()),
    path("claim/", tickets.Claim.as_view()),
    path("assign/", tickets.Assign.as_view()),
    path("transition/", tickets.Transition.as_view()),
    path("snooze/", tickets.Snooze.as_view()),
    path("priority/", tickets.Priority.as_view()),
    path("tags/", tickets.TicketTags.as_view()),
    path("merge/", tickets.Merge.as_view()),
    path("split/", tickets.Split.as_view()),
    path("crises/", crisis_tickets.CrisesOfTicket.as_view()),
    path("crises/<number:crisis_id>/", crisis_tickets.OneCrisisOfTicket.as_view()),
    path("alerts/", alerts.TicketAlerts.as_view()),
    path("acknowledge/", alerts.AcknowledgeTicket.as_view()),
    path("renew-promise/", sla.RenewPromise.as_view()),
    path("reply/", replies.Submit.as_view()),
    path("check/", replies.Check.as_view()),
    path("canned-responses/", canned.Offers.as_view()),
    path("canned-responses/<number:canned_id>/fill/", canned.Fill.as_view()),
    path("draft/", replies.OwnDraft.as_view()),
    path("attachments/", reply_files.Attach.as_view()),
]

_of_reply = [
    path("", replies.OneReply.as_view()),
    path("undo/", replies.Undo.as_view()),
    path("cancel/", replies.Cancel.as_view()),
    path("release/", replies.Release.as_view()),
    path("approve/", approvals.Approve.as_view()),
    path("reject/", approvals.Reject.as_view()),
    path("send_again/", replies.SendAgain.as_view()),
    path("confirm_sent/", replies.ConfirmSent.as_view()),
    path("look_up/", replies.LookUp.as_view()),
]

_of_inbox = [
    path("", inboxes.OneInbox.as_view()),
    path("test/", inboxes.Test.as_view()),
    path("pause/", inboxes.Pause.as_view()),
    path("resume/", inboxes.Resume.as_view()),
    path("reauthorise/", inboxes.Reauthorise.as_view()),
]

_of_policy = [
    path("", sla.OneSlaPolicy.as_view()),
    path("preview/", sla.PreviewSlaPolicy.as_view()),
    path("versions/", sla.SlaPolicyVersions.as_view()),
]

_of_calendar = [
    path("", sla.OneCalendar.as_view()),
    path("effect/", sla.EffectOfCalendar.as_view()),
    path("versions/", sla.CalendarVersions.as_view()),
]

_of_saved_report = [
    path("", saved_reports.OneSavedReport.as_view()),
    path("figures/", saved_reports.SavedFigures.as_view()),
    path("csv/", saved_reports.SavedCsv.as_view()),
    path("xlsx/", saved_reports.SavedXlsx.as_view()),
    path("subscription/", saved_reports.Subscription.as_view()),
]

_of_batch = [
    path("", batches.OneBatch.as_view()),
    path("lines/", batches.BatchLines.as_view()),
    path("lines/<number:line_id>/take-out/", batches.TakeOut.as_view()),
    path("start/", batches.Start.as_view()),
    path("pause/", batches.Pause.as_view()),
    path("resume/", batches.Resume.as_view()),
    path("stop/", batches.Stop.as_view()),
]

_of_crisis: list[URLPattern | URLResolver] = [
    path("", crises.OneCrisis.as_view()),
    path("level/", crises.Level.as_view()),
    path("confirm/", crises.Confirm.as_view()),
    path("scope/", crises.Scope.as_view()),
    path("owner/", crises.Owner.as_view()),
    path("stand-down/", crises.StandDown.as_view()),
    path("dismiss/", crises.Dismiss.as_view()),
    path("review/", crises.Review.as_view()),
    path("report/", crisis_report.Report.as_view()),
    path("summary/", crisis_report.Summary.as_view()),
    path("actions/", crisis_report.Actions.as_view()),
    path("actions/<number:number>/done/", crisis_report.FinishAction.as_view()),
    path("room/", war_room.Room.as_view()),
    path("log/", crises.Log.as_view()),
    path("log/check/", crises.LogCheck.as_view()),
    path("renew-promises/", crises.RenewPromises.as_view()),
    path("renew-promises/preview/", crises.PreviewRenewal.as_view()),
    path("checklist/", crisis_team.Checklist.as_view()),
    path("checklist/<slug:task>/", crisis_team.Tick.as_view()),
    path("roles/", crisis_team.Roles.as_view()),
    path("held/", crisis_team.Held.as_view()),
    path("statements/", statements.Ready.as_view()),
    path("publications/", statements.Publications.as_view()),
    path("update/", statements.PromisedUpdate.as_view()),
    path("update/withdraw/", statements.WithdrawUpdate.as_view()),
    path("escalations/", escalation.Escalations.as_view()),
    path("acknowledge/", escalation.Acknowledge.as_view()),
    path("call-up/", escalation.CallUps.as_view()),
    path("left/", crisis_team.LeftBefore.as_view()),
    path("answers/", batches.Batches.as_view()),
    path("answers/<number:batch_id>/", include(_of_batch)),
]

_of_signal = [
    path("", signals.OneSignal.as_view()),
    path("dismiss/", signals.DismissSignal.as_view()),
    path("start/", signals.StartFromSignal.as_view()),
]

_of_signal_stream = [
    path("", signals.OneSignalStream.as_view()),
    path("backtest/", signals.BacktestOfStream.as_view()),
]

_of_crisis_plan = [
    path("", crisis_plans.OneCrisisPlan.as_view()),
    path("hand-in/", crisis_plans.HandIn.as_view()),
    path("give-back/", crisis_plans.GiveBack.as_view()),
    path("switch-on/", crisis_plans.SwitchOn.as_view()),
    path("roll-back/", crisis_plans.RollBack.as_view()),
    path("discard/", crisis_plans.Discard.as_view()),
]

_of_rulebook = [
    path("", rulebooks.OneRulebook.as_view()),
    path("hand-in/", rulebooks.HandIn.as_view()),
    path("give-back/", rulebooks.GiveBack.as_view()),
    path("switch-on/", rulebooks.SwitchOn.as_view()),
    path("roll-back/", rulebooks.RollBack.as_view()),
    path("discard/", rulebooks.Discard.as_view()),
    path("differences/", rulebooks.Differences.as_view()),
    path("examples/", rulebooks.Examples.as_view()),
    path("canned-responses/", rulebooks.CannedResponses.as_view()),
    path("try/", rulebooks.Try.as_view()),
    path("what-if/", what_if.AskWhatIf.as_view()),
]

_of_what_if = [
    path("", what_if.OneWhatIf.as_view()),
    path("counts/", what_if.WhatIfCounts.as_view()),
    path("texts/", what_if.WhatIfTexts.as_view()),
    path("cancel/", what_if.CancelWhatIf.as_view()),
]

_v1: list[URLPattern | URLResolver] = [
    path("tickets/", tickets.Tickets.as_view(), name="api-tickets"),
    path("tickets/<number:ticket_id>/", include(_of_ticket)),
    path("bulk/", tickets.Bulk.as_view()),
    path("counts/", desk.Counts.as_view()),
    path("replies/<number:reply_id>/", include(_of_reply)),
    path("reply-attachments/<number:attachment_id>/", reply_files.OneReplyAttachment.as_view()),
    path("reply-attachments/<number:attachment_id>/file/", reply_files.ReplyAttachmentFile.as_view()),
    path("approvals/", approvals.Approvals.as_view()),
    path("approvals/<number:approval_id>/", approvals.OneApproval.as_view()),
    path("messages/<number:message_id>/actions/", replies.MessageActions.as_view()),
    path("messages/<number:message_id>/deleted/", replies.Deleted.as_view()),
    path("messages/<number:message_id>/unmask/", replies.Unmask.as_view()),
    path("attachments/<number:attachment_id>/", attachments.OneAttachment.as_view()),
    path("customers/", customers.Customers.as_view()),
    path("customers/<number:customer_id>/", customers.OneCustomer.as_view()),
    path("customers/<number:customer_id>/block/", customers.Block.as_view()),
    path("customers/<number:customer_id>/unblock/", customers.Unblock.as_view()),
    path("customers/<number:customer_id>/personal-data/", privacy.PersonalData.as_view()),
    path("customers/<number:customer_id>/erase/", privacy.Erase.as_view()),
    path("customers/<number:customer_id>/export/", privacy.Export.as_view()),
    path("erasures/", privacy.Erasures.as_view()),
    path("erasures/<number:erasure_id>/", privacy.OneErasure.as_view()),
    path("retention/", privacy.RetentionRules.as_view()),
    path("retention/preview/", privacy.PreviewRetention.as_view()),
    path("customers/<number:customer_id>/tickets/", customers.CustomerTickets.as_view()),
    path("canned-responses/", canned.CannedResponses.as_view()),
    path("canned-responses/preview/", canned.Preview.as_view()),
    path("canned-responses/<number:canned_id>/", canned.OneCannedResponse.as_view()),
    path("canned-responses/<number:canned_id>/activate/", canned.ActivateCanned.as_view()),
    path("canned-responses/<number:canned_id>/approve/", canned.ApproveStatement.as_view()),
    path("canned-responses/<number:canned_id>/withdraw/", canned.WithdrawCanned.as_view()),
    path("canned-responses/<number:canned_id>/statistics/", canned.CannedStatistics.as_view()),
    path("canned-responses/<number:canned_id>/check/", canned.CheckCanned.as_view()),
    path("inboxes/", inboxes.Inboxes.as_view()),
    path("inboxes/test/", inboxes.TestAccount.as_view()),
    path("inboxes/<number:inbox_id>/", include(_of_inbox)),
    path("sla-policies/", sla.SlaPolicies.as_view()),
    path("sla-policies/preview/", sla.PreviewNewPolicy.as_view()),
    path("sla-policies/order/", sla.SlaPolicyOrder.as_view()),
    path("sla-policies/<number:policy_id>/", include(_of_policy)),
    path("calendars/", sla.Calendars.as_view()),
    path("calendars/<number:calendar_id>/", include(_of_calendar)),
    path("crises/", crises.Crises.as_view()),
    path("crises/<number:crisis_id>/", include(_of_crisis)),
    path("signals/", signals.Signals.as_view()),
    path("signals/<number:signal_id>/", include(_of_signal)),
    path("signal-streams/", signals.SignalStreams.as_view()),
    path("signal-streams/<number:stream_id>/", include(_of_signal_stream)),
    path("signal-rules/", signals.SignalRules.as_view()),
    path("posts/<number:post_id>/", statements.OnePost.as_view()),
    path("posts/<number:post_id>/approve/", statements.ApprovePost.as_view()),
    path("posts/<number:post_id>/reject/", statements.RejectPost.as_view()),
    path("posts/<number:post_id>/withdraw/", statements.WithdrawPost.as_view()),
    path("posts/<number:post_id>/send_again/", statements.SendPostAgain.as_view()),
    path("posts/<number:post_id>/confirm_sent/", statements.ConfirmPost.as_view()),
    path("crisis-plans/", crisis_plans.CrisisPlans.as_view()),
    path("crisis-plans/active/", crisis_plans.ActiveCrisisPlan.as_view()),
    path("crisis-plans/<number:number>/", include(_of_crisis_plan)),
    path("rulebooks/", rulebooks.Rulebooks.as_view()),
    path("rulebooks/active/", rulebooks.ActiveRulebook.as_view()),
    path("rulebooks/what-if/", what_if.WhatIfs.as_view()),
    path("rulebooks/what-if/<number:run_id>/", include(_of_what_if)),
    path("rulebooks/<number:number>/", include(_of_rulebook)),
    path("networks/", inboxes.Networks.as_view()),
    path("notifications/", alerts.Notifications.as_view()),
    path("notifications/seen/", alerts.SeenNotifications.as_view()),
    path("notifications/<number:notice_id>/acknowledge/", alerts.AcknowledgeNotification.as_view()),
    path("alert-chains/", alerts.Chains.as_view()),
    path("alert-chains/<number:chain_id>/", alerts.OneChain.as_view()),
    path("alert-chains/<number:chain_id>/versions/", alerts.ChainVersions.as_view()),
    path("alert-webhooks/", alerts.Webhooks.as_view()),
    path("alert-webhooks/<number:webhook_id>/", alerts.OneWebhook.as_view()),
    path("users/", people.Users.as_view()),
    path("users/<number:user_id>/", people.OneUser.as_view()),
    path("users/<number:user_id>/password/", people.Password.as_view()),
    path("users/<number:user_id>/second-factor/", people.SecondFactor.as_view()),
    path("users/<number:user_id>/tokens/", people.Tokens.as_view()),
    path("teams/", people.Teams.as_view()),
    path("teams/<number:team_id>/", people.OneTeam.as_view()),
    path("shifts/", shifts.Shifts.as_view()),
    path("shifts/<number:shift_id>/", shifts.OneShift.as_view()),
    path("absences/", shifts.Absences.as_view()),
    path("absences/<number:absence_id>/", shifts.OneAbsence.as_view()),
    path("rotas/", rotas.Rotas.as_view()),
    path("rotas/<number:rota_id>/", rotas.OneRota.as_view()),
    path("rotas/<number:rota_id>/turns/", rotas.Turns.as_view()),
    path("rotas/<number:rota_id>/swaps/", rotas.Swaps.as_view()),
    path("rotas/<number:rota_id>/swaps/<number:swap_id>/", rotas.OneSwap.as_view()),
    path("duty/", shifts.OnDuty.as_view()),
    path("tags/", desk.Tags.as_view()),
    path("me/", people.Me.as_view()),
    path("me/tokens/", people.OwnTokens.as_view()),
    path("tokens/<number:token_id>/", people.OneToken.as_view()),
    path("figures/", figures.TodaysFigures.as_view()),
    path("wallboards/", wallboards.Wallboards.as_view()),
    path("wallboards/<number:board_id>/", wallboards.OneWallboard.as_view()),
    path("wallboards/<number:board_id>/code/", wallboards.Code.as_view()),
    path("reports/", reports.Reports.as_view()),
    path("reports/csv/", reports.ReportAsCsv.as_view()),
    path("reports/xlsx/", reports.ReportAsXlsx.as_view()),
    path("saved-reports/", saved_reports.SavedReports.as_view()),
    path("saved-reports/<number:report_id>/", include(_of_saved_report)),
    path("audit/", people.Audit.as_view()),
    path("calendars/preview/", calendars.Preview.as_view()),
    path("messages/<number:message_id>/sentiment/", signals.SentimentOfMessage.as_view()),
    path("triage/preview/", desk.TriagePreview.as_view()),
]

urlpatterns = [
    path("schema/", Description.as_view(), name="api-schema"),
    path("docs/", Documents.as_view(), name="api-docs"),
    path("v1/", include(_v1)),
    re_path(r"", NoSuchAddress.as_view()),
]
