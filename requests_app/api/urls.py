"""Addresses of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from requests_app.api import (
    acts,
    after_action,
    board,
    control,
    deadlines,
    desk,
    directory,
    exercises,
    messages,
    preview,
    requests,
    rulebook,
    seats,
    sign_in,
)

urlpatterns = [
    path("token/", sign_in.TokenView.as_view(), name="api_token"),
    path("token/revoke/", sign_in.RevokeView.as_view(), name="api_revoke"),
    path("token/revoke-all/", sign_in.RevokeAllView.as_view(), name="api_revoke_all"),
    path("exercises/", exercises.ExercisesView.as_view(), name="api_exercises"),
    path("exercises/<slug:handle>/", exercises.ExerciseView.as_view(), name="api_exercise"),
    path("exercises/<slug:handle>/clock/", exercises.ClockView.as_view(), name="api_clock"),
    path("exercises/<slug:handle>/codes/", seats.CodesView.as_view(), name="api_codes"),
    path("exercises/<slug:handle>/codes/<uuid:code_id>/", seats.CodeView.as_view(), name="api_code"),
    path("exercises/<slug:handle>/states/", directory.StatesView.as_view(), name="api_states"),
    path("exercises/<slug:handle>/board/", board.BoardView.as_view(), name="api_board"),
    path("exercises/<slug:handle>/injects/", control.InjectActsView.as_view(), name="api_inject_acts"),
    path("exercises/<slug:handle>/desks/", control.DesksView.as_view(), name="api_desks"),
    path(
        "exercises/<slug:handle>/expectations/", control.ExpectationsView.as_view(), name="api_expectations"
    ),
    path(
        "exercises/<slug:handle>/after-action/",
        after_action.AfterActionView.as_view(),
        name="api_after_action",
    ),
    path("exercises/<slug:handle>/feedback/", after_action.FeedbackView.as_view(), name="api_feedback"),
    path("exercises/<slug:handle>/timeline/", after_action.TimelineView.as_view(), name="api_timeline"),
    path("seats/", seats.SeatsView.as_view(), name="api_seats"),
    path("join/", seats.JoinView.as_view(), name="api_join"),
    path("cases/", desk.CasesView.as_view(), name="api_cases"),
    path("notices/", desk.NoticesView.as_view(), name="api_notices"),
    path("injects/", desk.InjectsView.as_view(), name="api_injects"),
    path("messages/", messages.MessagesView.as_view(), name="api_messages"),
    path("requests/", requests.RequestsView.as_view(), name="api_requests"),
    path("requests/counts/", requests.CountsView.as_view(), name="api_counts"),
    path("requests/preview/", preview.PreviewView.as_view(), name="api_preview"),
    path("requests/<uuid:request_id>/", requests.RequestView.as_view(), name="api_request"),
    path("requests/<uuid:request_id>/acts/", acts.ActsView.as_view(), name="api_acts"),
    path("requests/<uuid:request_id>/events/", acts.EventsView.as_view(), name="api_events"),
    path("requests/<uuid:request_id>/deadlines/", deadlines.DeadlinesView.as_view(), name="api_deadlines"),
    path("requests/<uuid:request_id>/permitted/", acts.PermittedView.as_view(), name="api_permitted"),
    path(
        "requests/<uuid:request_id>/comparison/",
        after_action.ComparisonView.as_view(),
        name="api_comparison",
    ),
    path("rulebook/types/", rulebook.TypesView.as_view(), name="api_types"),
    path("rulebook/types/<slug:type_id>/", rulebook.TypeView.as_view(), name="api_type"),
    path("rulebook/articles/", rulebook.ArticlesView.as_view(), name="api_articles"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
]
