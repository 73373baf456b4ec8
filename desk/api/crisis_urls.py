"""Addresses of the REST API around crises: signals, crises and their statements, plans, drills."""

from django.urls import URLPattern, URLResolver, include, path

from desk.api import converters  # noqa: F401 - which makes <number:...> known
from desk.api.resources import (
    batches,
    crises,
    crisis_hooks,
    crisis_plans,
    crisis_report,
    crisis_team,
    drills,
    escalation,
    signals,
    statements,
    war_room,
)

_of_batch = [
    path("", batches.OneBatch.as_view()),
    path("lines/", batches.BatchLines.as_view()),
    path("lines/<number:line_id>/take-out/", batches.TakeOut.as_view()),
    path("start/", batches.Start.as_view()),
    path("approve/", batches.Approve.as_view()),
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
    path("worked/", crisis_report.Worked.as_view()),
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
    path("statements/<number:statement_id>/answer/", batches.AnswerWithStatement.as_view()),
    path("publications/", statements.Publications.as_view()),
    path("update/", statements.PromisedUpdate.as_view()),
    path("update/withdraw/", statements.WithdrawUpdate.as_view()),
    path("escalations/", escalation.Escalations.as_view()),
    path("acknowledge/", escalation.Acknowledge.as_view()),
    path("call-up/", escalation.CallUps.as_view()),
    path("left/", crisis_team.LeftBefore.as_view()),
    path("left/posts/", crisis_team.PostsLeftBefore.as_view()),
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

_of_drill = [
    path("", drills.OneDrill.as_view()),
    path("start/", drills.Start.as_view()),
    path("end/", drills.End.as_view()),
    path("cancel/", drills.Cancel.as_view()),
    path("real/", drills.TurnReal.as_view()),
]

_of_crisis_plan = [
    path("", crisis_plans.OneCrisisPlan.as_view()),
    path("hand-in/", crisis_plans.HandIn.as_view()),
    path("give-back/", crisis_plans.GiveBack.as_view()),
    path("switch-on/", crisis_plans.SwitchOn.as_view()),
    path("roll-back/", crisis_plans.RollBack.as_view()),
    path("discard/", crisis_plans.Discard.as_view()),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("crises/", crises.Crises.as_view()),
    path("crises/<number:crisis_id>/", include(_of_crisis)),
    path("drills/", drills.Drills.as_view()),
    path("drills/scenarios/", drills.Scenarios.as_view()),
    path("drills/inboxes/", drills.DrillInboxes.as_view()),
    path("drills/proof/", drills.Proof.as_view()),
    path("drills/<number:drill_id>/", include(_of_drill)),
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
    path("crisis-webhooks/", crisis_hooks.CrisisHooks.as_view()),
    path("crisis-webhooks/<number:hook_id>/", crisis_hooks.OneCrisisHook.as_view()),
    path("crisis-webhooks/<number:hook_id>/secret/", crisis_hooks.SecretOfCrisisHook.as_view()),
]
