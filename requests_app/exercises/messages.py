"""Messages between a desk and control: an act on the desk's own chain, which only these two see."""

from __future__ import annotations

from datetime import datetime

from cooperation.words import Refused
from requests_app.agenda.batch import Batch
from requests_app.agenda.present import at_present
from requests_app.exercises.models import Message
from requests_app.workflow.door import check_not_ended, person_at
from requests_app.workflow.log import CLOCK, append_to_desk
from requests_app.workflow.models import Notice
from requests_app.workflow.notices import notify
from requests_app.workflow.records import authority_of, has_authority, load_states
from requests_app.world.models import Authority, Exercise, Seat

TEXT_AT_MOST = 5_000
FROM_DESK, FROM_CONTROL = "message_to_control", "message_from_control"


def write_to_control(by: Seat, text: str, *, key: str = "", now: datetime) -> Message:
    """Let a desk write to control; with a key once, the same message when the key comes again.

    now  wall instant

    Raises Refused: bad_text, key_reused, ended, catching_up.
    """
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    _check_text(text)
    with at_present(exercise_id, now) as batch:
        desk = authority_of(batch, by.authority.state.code, by.authority.kind)
        earlier = _earlier(desk, by.name, key, text)
        if earlier is not None:
            return earlier
        check_not_ended(batch)
        event = append_to_desk(batch, desk, person_at(by), FROM_DESK, {"text": text})
        message = _add(batch, desk, text, key, event.seq, seat=by.name)
        # Mail and feeds go to desks; control finds this among its own notices.
        batch.add(
            Notice(
                authority=desk,
                at=batch.at,
                number=batch.next_number(),
                kind="message",
                facts={"message": str(message.pk), "from": desk.desk},
                to_control=True,
                delivered=True,
            )
        )
    return message


def write_to_desk(
    exercise: Exercise, state: str, authority: str, text: str, *, key: str = "", now: datetime
) -> Message:
    """Let control write to a desk; with a key once, the same message when the key comes again.

    now  wall instant

    Raises Refused: bad_text, no_authority, key_reused, ended, catching_up.
    """
    _check_text(text)
    with at_present(exercise.pk, now) as batch:
        if not has_authority(batch, state, authority):
            raise Refused(
                "no_authority",
                f"there is no authority {state}/{authority} in this exercise",
                mend="choose one of the directory",
            )
        return _write_to(batch, authority_of(batch, state, authority), text, key)


def write_to_people(exercise: Exercise, text: str, *, key: str = "", now: datetime) -> list[Message]:
    """Let control write the same to every desk at which people sit; with a key once to each.

    now  wall instant

    Raises Refused: bad_text, nobody_sits, key_reused, ended, catching_up.
    """
    _check_text(text)
    with at_present(exercise.pk, now) as batch:
        load_states(batch)
        desks = [desk for desk in batch.known(Authority) if not desk.simulated]
        if not desks:
            raise Refused(
                "nobody_sits", "people sit at no desk of this exercise", mend="choose a desk to write to"
            )
        return [_write_to(batch, desk, text, key) for desk in sorted(desks, key=lambda one: one.desk)]


def _write_to(batch: Batch, desk: Authority, text: str, key: str) -> Message:
    earlier = _earlier(desk, "", key, text)
    if earlier is not None:
        return earlier
    check_not_ended(batch)
    event = append_to_desk(batch, desk, CLOCK, FROM_CONTROL, {"text": text})
    message = _add(batch, desk, text, key, event.seq)
    notify(batch, desk, "message", {"message": str(message.pk), "from": "control"})
    return message


def _add(batch: Batch, desk: Authority, text: str, key: str, number: int, *, seat: str = "") -> Message:
    return batch.add(
        Message(
            exercise=batch.exercise,
            authority=desk,
            from_control=not seat,
            seat=seat,
            text=text,
            at=batch.at,
            number=number,
            key=key,
        )
    )


def _earlier(desk: Authority, seat: str, key: str, text: str) -> Message | None:
    found = Message.objects.filter(authority=desk, seat=seat, key=key).first() if key else None
    if found is not None and found.text != text:
        raise Refused("key_reused", "this key was used for something else", mend="take a new key")
    return found


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > TEXT_AT_MOST:
        raise Refused("bad_text", f"a message has 1 to {TEXT_AT_MOST:,} characters", mend="shorten it")
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Refused("bad_text", "the message holds what is no text", mend="write it in UTF-8")
