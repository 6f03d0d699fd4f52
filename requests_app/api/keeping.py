"""Keeping exercises: archiving, and deleting whole."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.parsing import Strict
from requests_app.api.seated import SeatedView, exercise_run_by
from requests_app.exercises.archiving import archive, bring_back
from requests_app.reports.removal import remove_whole
from requests_app.world.present import wall_now


class ArchiveIn(Strict):
    """Whether an exercise is to be archived, or brought back."""

    archived = serializers.BooleanField(default=True)


class RemovalIn(Strict):
    """The handle once more, so that nobody deletes what they did not mean."""

    confirm = serializers.CharField(max_length=200)


class ArchiveOut(serializers.Serializer[Any]):
    """Since when an exercise is archived."""

    archived_at = serializers.DateTimeField(allow_null=True, help_text="Wall time.")


class ArchiveView(SeatedView):
    """The archive."""

    @extend_schema(operation_id="archive_exercise", request=ArchiveIn, responses={200: ArchiveOut})
    def post(self, request: Request, handle: str) -> Response:
        """Archive an exercise that has ended, or bring it back; for its trainer."""
        exercise = exercise_run_by(self.seat(handle))
        said = ArchiveIn(data=request.data)
        said.is_valid(raise_exception=True)
        if said.validated_data["archived"]:
            archive(exercise.pk, wall_now())
        else:
            bring_back(exercise.pk)
        exercise.refresh_from_db(fields=["archived_at"])
        return Response({"archived_at": exercise.archived_at})


class RemovalView(SeatedView):
    """The end of an exercise and all that is kept of it."""

    @extend_schema(operation_id="delete_exercise", request=RemovalIn, responses={204: None})
    def post(self, request: Request, handle: str) -> Response:
        """Delete an exercise whole; for its trainer. Nothing brings it back but a backup."""
        exercise = exercise_run_by(self.seat(handle))
        said = RemovalIn(data=request.data)
        said.is_valid(raise_exception=True)
        if said.validated_data["confirm"] != exercise.handle:
            raise serializers.ValidationError({"confirm": [f"write {exercise.handle} to delete it"]})
        remove_whole(exercise)
        return Response(status=status.HTTP_204_NO_CONTENT)
