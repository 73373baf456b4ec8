"""Addresses of the REST API for what the company sets up: inboxes, people and their hours, promises, rules."""

from django.urls import URLPattern, URLResolver, include, path

from desk.api import converters  # noqa: F401 - which makes <number:...> known
from desk.api.resources import (
    alerts,
    automation,
    calendars,
    changes,
    desk,
    inboxes,
    people,
    reconciliations,
    rotas,
    rulebooks,
    set_aside,
    shifts,
    sla,
    wallboards,
    what_if,
)

_of_inbox = [
    path("", inboxes.OneInbox.as_view()),
    path("test/", inboxes.Test.as_view()),
    path("pause/", inboxes.Pause.as_view()),
    path("resume/", inboxes.Resume.as_view()),
    path("reauthorise/", inboxes.Reauthorise.as_view()),
    path("reconciliations/", reconciliations.Reconciliations.as_view()),
    path("reconciliations/estimate/", reconciliations.Estimate.as_view()),
    path("reconciliations/<number:run_id>/", reconciliations.OneReconciliation.as_view()),
    path("set-aside/", set_aside.SetAside.as_view()),
    path("set-aside/<number:message_id>/take-up/", set_aside.TakeUp.as_view()),
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

_of_change = [
    path("", changes.OneChange.as_view()),
    path("preview/", changes.PreviewChange.as_view()),
    path("remarks/", changes.Remarks.as_view()),
    path("propose/", changes.Propose.as_view()),
    path("adopt/", changes.Adopt.as_view()),
    path("plan/", changes.Plan.as_view()),
    path("unplan/", changes.Unplan.as_view()),
    path("decline/", changes.Decline.as_view()),
    path("withdraw/", changes.Withdraw.as_view()),
    path("links/", changes.LinksOfChange.as_view()),
    path("take-away/", changes.TakeAway.as_view()),
]

_of_automation = [
    path("", automation.OneAutomation.as_view()),
    path("trial/", automation.TryAutomation.as_view()),
    path("hand-in/", automation.HandIn.as_view()),
    path("give-back/", automation.GiveBack.as_view()),
    path("switch-on/", automation.SwitchOn.as_view()),
    path("roll-back/", automation.RollBack.as_view()),
    path("discard/", automation.Discard.as_view()),
]

_of_what_if = [
    path("", what_if.OneWhatIf.as_view()),
    path("counts/", what_if.WhatIfCounts.as_view()),
    path("texts/", what_if.WhatIfTexts.as_view()),
    path("cancel/", what_if.CancelWhatIf.as_view()),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("inboxes/", inboxes.Inboxes.as_view()),
    path("inboxes/test/", inboxes.TestAccount.as_view()),
    path("inboxes/<number:inbox_id>/", include(_of_inbox)),
    path("sla-policies/", sla.SlaPolicies.as_view()),
    path("sla-policies/preview/", sla.PreviewNewPolicy.as_view()),
    path("sla-policies/order/", sla.SlaPolicyOrder.as_view()),
    path("sla-policies/<number:policy_id>/", include(_of_policy)),
    path("calendars/", sla.Calendars.as_view()),
    path("calendars/<number:calendar_id>/", include(_of_calendar)),
    path("changes/", changes.Changes.as_view()),
    path("changes/kinds/", changes.Kinds.as_view()),
    path("changes/kinds/<slug:kind>/plan/", changes.PlanVersion.as_view()),
    path("changes/kinds/<slug:kind>/things/", changes.Things.as_view()),
    path("changes/kinds/<slug:kind>/things/<number:thing>/", changes.OneThing.as_view()),
    path("changes/kinds/<slug:kind>/things/<number:thing>/versions/", changes.ThingVersions.as_view()),
    path("changes/kinds/<slug:kind>/things/<number:thing>/roll-back/", changes.RollBack.as_view()),
    path("changes/<number:change_id>/", include(_of_change)),
    path("automation/", automation.Automations.as_view()),
    path("automation/active/", automation.ActiveAutomation.as_view()),
    path("automation/firings/", automation.Firings.as_view()),
    path("automation/trials/<number:trial_id>/", automation.OneTrial.as_view()),
    path("automation/<number:number>/", include(_of_automation)),
    path("macros/", automation.Macros.as_view()),
    path("macros/<number:macro_id>/", automation.OneMacro.as_view()),
    path("rulebooks/", rulebooks.Rulebooks.as_view()),
    path("rulebooks/active/", rulebooks.ActiveRulebook.as_view()),
    path("rulebooks/what-if/", what_if.WhatIfs.as_view()),
    path("rulebooks/what-if/<number:run_id>/", include(_of_what_if)),
    path("rulebooks/<number:number>/", include(_of_rulebook)),
    path("networks/", inboxes.Networks.as_view()),
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
    path("rotas/<number:rota_id>/history/", rotas.History.as_view()),
    path("rotas/<number:rota_id>/swaps/", rotas.Swaps.as_view()),
    path("rotas/<number:rota_id>/swaps/<number:swap_id>/", rotas.OneSwap.as_view()),
    path("duty/", shifts.OnDuty.as_view()),
    path("me/", people.Me.as_view()),
    path("me/tokens/", people.OwnTokens.as_view()),
    path("tokens/<number:token_id>/", people.OneToken.as_view()),
    path("wallboards/", wallboards.Wallboards.as_view()),
    path("wallboards/<number:board_id>/", wallboards.OneWallboard.as_view()),
    path("wallboards/<number:board_id>/code/", wallboards.Code.as_view()),
    path("audit/", people.Audit.as_view()),
    path("calendars/preview/", calendars.Preview.as_view()),
    path("triage/preview/", desk.TriagePreview.as_view()),
]
