"""The trainer's pages as the trainer uses them: choose, seat people, start, steer, judge, look back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from requests_app.exercises import heartbeat
from requests_app.exercises.archive import import_
from requests_app.exercises.board import injects_in_time, timeline
from requests_app.exercises.models import Inject, Message, Rehearsal
from requests_app.exercises.rehearsal import play_next
from requests_app.exercises.script import script_of
from requests_app.workflow.drafting import write_draft
from requests_app.world.models import TRAINEE, Authority, Exercise, SeatHolder
from requests_app.world.present import wall_now

pytestmark = pytest.mark.django_db
SCENARIO = "intimate-images"
HERE = f"/exercises/{SCENARIO}-3"


@pytest.fixture
def trainer() -> Client:
    user = User.objects.create_user("tara")
    user.groups.add(Group.objects.get_or_create(name="trainer")[0])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def running(trainer: Client) -> Client:
    """A trainer whose exercise has begun, and stands still at its first instant."""
    posts(trainer, f"/library/{SCENARIO}/", do="use", seed="3", teams="typical")
    posts(trainer, f"{HERE}/seats/", do="start", rate="3600")
    posts(trainer, f"{HERE}/control/", do="pause", rate="3600")
    return trainer


def posts(client: Client, path: str, status: int = 302, **form: object) -> str:
    """Send a form; return where it leads, or the text of the page that comes back."""
    response = client.post(path, form)
    assert response.status_code == status, text_of(response)
    return response["Location"] if status == 302 else text_of(response)


def reads(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return text_of(response)


async def all_of(answer: object) -> bytes:
    """Return what is handed out block by block."""
    return b"".join([block async for block in answer.streaming_content])


def beats() -> None:
    """Let the beat bring the exercise up to its clock."""
    for key in heartbeat.sweep(wall_now()):
        heartbeat.tick(key, wall_now)


def text_of(response: object) -> str:
    """Return the words of a page, without its tags."""
    page = response.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_runs_of_one_scenario_are_told_apart_by_number_and_by_when_they_began(running):
    posts(running, f"/library/{SCENARIO}/", do="use", seed="3", teams="typical")

    page = reads(running, "/")

    first, second = (f"Not theirs to share , run {number}" for number in ("3", "3-2"))
    begun = Exercise.objects.get(handle=f"{SCENARIO}-3").segments.get(number=1).wall_at
    assert f"{first} begun {begun.day} " in page
    assert f"{second} not begun yet" in page


def test_real_states_go_by_their_vietnamese_names_on_vietnamese_pages_of_the_library(trainer):
    for path in ("/library/", "/library/national-desk-year/"):
        page = text_of(trainer.get(path, HTTP_ACCEPT_LANGUAGE="vi"))
        assert "Hoa Kỳ" in page
        assert "United States" not in page


def test_what_happens_next_is_told_by_its_title(running):
    page = reads(running, f"{HERE}/control/")

    assert "What happens next news comes in (The host tells its customers): in " in page


def test_each_decision_is_told_with_its_options_and_what_the_team_did(running):
    posts(running, f"{HERE}/control/", do="jump", rate="3600", to="+20d")
    beats()
    posts(running, f"{HERE}/control/", do="end", rate="3600", sure="yes")

    page = reads(running, f"{HERE}/after/")

    told = re.search(
        r"Arvania : Removal first, or preservation first\? (.*?) Borland worries about the scope", page
    )
    assert told
    assert told[1].startswith("Options Removal at once Preservation in silence, then removal ")
    did = told[1].partition("What the team did ")[2]
    assert re.match(r"[A-Z][\w ]+, XA-XB-\d{4} , event \d+ , \d+ ", did), did
    assert "What practice says : Removal first" in told[1]
    assert "Good practice: preservation in silence within hours (Article 42(3)(g))" in told[1]


def test_no_desk_reads_a_decision_before_the_end(running):
    exercise = Exercise.objects.get(handle=f"{SCENARIO}-3")
    team = Authority.objects.filter(state__exercise=exercise, state__code="XA").first()
    user = User.objects.create_user("anna")
    SeatHolder.objects.create(user=user, exercise=exercise, role=TRAINEE, seat=team.seats.first())
    desk = Client()
    desk.force_login(user)

    assert "Removal first, or preservation first?" not in reads(desk, f"{HERE}/feedback/")
    posts(running, f"{HERE}/control/", do="end", rate="3600", sure="yes")
    assert "Removal first, or preservation first?" in reads(desk, f"{HERE}/feedback/")


def test_a_trainer_chooses_a_scenario_seats_a_desk_by_code_and_starts(trainer):
    assert "Not theirs to share" in reads(trainer, "/library/")

    assert posts(trainer, f"/library/{SCENARIO}/", do="use", seed="3", teams="typical") == f"{HERE}/seats/"
    page = posts(trainer, f"{HERE}/seats/", 200, do="code", seat="XA/central_authority", hours="24")
    code = re.search(r"([a-z2-9]{4}(?:-[a-z2-9]{4}){3})", page)
    assert code is not None
    anna = Client()
    anna.force_login(User.objects.create_user("anna"))
    assert anna.post("/join/", {"code": code[1]}).status_code == 302
    assert "anna Arvania: Central authority for MLA seat 1" in reads(trainer, f"{HERE}/seats/")

    assert posts(trainer, f"{HERE}/seats/", do="start", rate="1440") == f"{HERE}/control/"
    assert "running: one day is one minute" in reads(trainer, f"{HERE}/control/")


def test_a_code_that_was_told_is_not_told_again_and_can_be_revoked(trainer):
    posts(trainer, f"/library/{SCENARIO}/", do="use", seed="3", teams="typical")
    page = posts(trainer, f"{HERE}/seats/", 200, do="code", seat="observer", hours="4")
    code = re.search(r"([a-z2-9]{4}(?:-[a-z2-9]{4}){3})", page)[1]
    made = Exercise.objects.get().join_codes.get()

    assert code not in reads(trainer, f"{HERE}/seats/")
    posts(trainer, f"{HERE}/seats/", do="revoke", code=made.pk)

    made.refresh_from_db()
    assert made.revoked_at is not None
    assert "No code is out" in reads(trainer, f"{HERE}/seats/")


def test_a_rehearsal_shows_where_everything_lands_and_leaves_no_exercise_behind(trainer):
    where = posts(trainer, f"/library/{SCENARIO}/", do="rehearse", seed="3", teams="prompt")
    assert "It waits for its turn." in reads(trainer, where)

    play_next(wall_now())

    page = reads(trainer, where)
    assert "Where everything lands" in page
    assert re.search(r"\d+ of 100", page)
    assert Rehearsal.objects.get().status == "done"
    assert not Exercise.objects.exists()


def test_the_clock_obeys_and_says_what_was_done(running):
    posts(running, f"{HERE}/control/", do="resume", rate="60")
    assert "one minute is one second" in reads(running, f"{HERE}/control/")
    posts(running, f"{HERE}/control/", do="pause", rate="60")
    posts(running, f"{HERE}/control/", do="jump", rate="60", to="+2d")
    beats()

    row = Exercise.objects.get()
    assert (row.advanced_to - row.starts_at).days >= 1
    assert "The clock has jumped" in reads(running, f"{HERE}/control/")


def test_a_clock_that_stands_is_offered_the_pace_it_last_had_and_before_the_start_the_scenarios_own(trainer):
    posts(trainer, f"/library/{SCENARIO}/", do="use", seed="3", teams="typical")
    chosen = re.compile(r'<option value="(\d+)" selected>')
    page = trainer.get(f"{HERE}/control/").content.decode()
    assert chosen.findall(page) == [str(script_of(Exercise.objects.get().pk).scenario.rate)]

    posts(trainer, f"{HERE}/control/", do="start", rate="1440")
    posts(trainer, f"{HERE}/control/", do="pause")

    assert chosen.findall(trainer.get(f"{HERE}/control/").content.decode()) == ["1440"]


def test_the_board_lists_what_comes_and_what_came_with_requests_among_it(running):
    page = reads(running, f"{HERE}/control/")
    assert "14 June 2027, 04:30 Request: Expedited preservation of stored electronic data, " in page

    posts(running, f"{HERE}/control/", do="jump", to="+20d")
    beats()

    came = reads(running, f"{HERE}/control/").partition("What came, the latest first")[2]
    assert re.search(r"ago \d+ June 2027, \d\d:\d\d Request: XA-XB-\d{4}: [^:]+ filed ", came)


def test_requests_planned_for_a_desk_at_which_people_act_are_not_told_as_to_come(running):
    exercise = Exercise.objects.get()
    before = _planned_requests(exercise)
    for authority in ("contact_point_24_7", "law_enforcement", "central_authority"):
        posts(running, f"{HERE}/control/", do="take", desk=f"XA/{authority}")

    assert before - _planned_requests(exercise) == {
        *("keep-the-album", "how-to-have-it-removed", "known-to-police", "hear-the-holder")
    }
    assert "two-without-a-name" in _planned_requests(exercise)


def test_a_jump_to_what_happens_next_passes_over_what_is_left_to_people(running):
    posts(running, f"{HERE}/control/", do="take", desk="XA/contact_point_24_7")
    exercise = Exercise.objects.get()

    seen = []
    for _ in range(6):
        posts(running, f"{HERE}/control/", do="jump_to_next")
        beats()
        exercise.refresh_from_db()
        seen.append(f"{exercise.advanced_to:%d %H:%M}")

    assert "14 03:00" in seen
    assert {"14 04:30", "14 06:30"}.isdisjoint(seen)


def _planned_requests(exercise: Exercise) -> set[str]:
    marks = timeline(exercise, exercise.starts_at)
    return {one.name for one in marks if one.kind == "request" and one.status == "planned"}


def test_injects_stand_in_the_order_in_which_they_come_each_with_what_brings_it(running):
    page = reads(running, f"{HERE}/injects/")

    told = page.partition("What control brings into the exercise")[2]
    titles = [row.title for _, row in injects_in_time(Exercise.objects.get())]
    assert [one.name for _, one in injects_in_time(Exercise.objects.get())][:4] == [
        *("report", "host-tells", "five-days", "borland-worries")
    ]
    assert [told.index(title) for title in titles] == sorted(told.index(title) for title in titles)
    assert "14 June 2027, 03:00 UTC (in 1 hour" in told
    assert re.search(
        r"14 June 2027, 13:30 UTC \(in 11 hours[^)]*\) · unless before that: Submit: "
        "Expedited preservation of stored electronic data, from Arvania, to Borland",
        told,
    )
    assert "at once after: Lapse: Expedited preservation of stored electronic data" in told


def test_to_fire_an_inject_or_to_leave_it_out_is_asked_once_more(running):
    page = running.get(f"{HERE}/injects/").content.decode()

    asked = re.findall(r'<details class="ask"><summary>(.*?)</details>', page, re.DOTALL)
    acts = re.findall(r'name="do" value="(fire|skip)"', page)
    assert len(asked) == len(acts) > 10
    assert all(("cannot be taken back" in one) is ('value="fire"' in one) for one in asked)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"do": "jump", "to": "next week"}, "write +3d from the start"),
        ({"do": "jump", "to": "+900d"}, "the exercise ends before that"),
        ({"do": "end"}, "tick that you are sure"),
        ({"do": "dance"}, "the form does not say what to do"),
        ({"do": "take", "desk": "XZ/nobody"}, "there is no authority XZ/nobody"),
    ],
    ids=["no instant", "after the end", "not sure", "no act", "no such desk"],
)
def test_what_cannot_be_done_is_told_on_the_page_and_nothing_is_done(running, form, told):
    before = Exercise.objects.get().chain_seq

    page = posts(running, f"{HERE}/control/", 422, rate="3600", **form)

    assert told.lower() in page.lower()
    assert "Nothing that you typed is lost." in page
    assert Exercise.objects.get().chain_seq == before


def test_injects_are_held_changed_fired_and_added_by_hand(running):
    first = Inject.objects.filter(status="planned").order_by("name")[0].name
    posts(running, f"{HERE}/injects/", do="hold", inject=first)
    posts(running, f"{HERE}/injects/{first}/", title="A call", body="The minister calls.", to="XA")
    posts(running, f"{HERE}/injects/", do="fire", inject=first)
    posts(
        running, f"{HERE}/injects/", do="add", name="press", title="Press", body="They ask.", to="XA", at=""
    )

    found = {one.name: one for one in Inject.objects.all()}
    assert (found[first].status, found[first].title, found[first].to) == ("fired", "A call", ["XA"])
    assert found["press"].title == "Press"
    assert "A call has come" in reads(running, f"{HERE}/injects/")


def test_an_inject_that_misses_something_comes_back_with_what_was_typed(running):
    page = running.post(f"{HERE}/injects/", {"do": "add", "name": "press", "title": "Press", "to": "XA"})

    assert page.status_code == 422
    assert b'value="Press"' in page.content
    assert 'href="#id_body"' in page.content.decode()


def test_an_inject_meant_for_the_past_does_not_go_out_at_once_unasked(running):
    before = Exercise.objects.get().chain_seq
    form = {"name": "press", "title": "Press", "body": "They ask.", "to": "XA", "at": "2026-01-01T09:00Z"}

    told = posts(running, f"{HERE}/injects/", 422, do="add", **form)

    assert "This instant is past: it is" in told
    assert "choose a later one, or leave it empty to send it at once" in told.lower()
    assert Exercise.objects.get().chain_seq == before


def test_the_trainer_writes_once_to_every_desk_at_which_people_sit(running):
    page = reads(running, f"{HERE}/messages/")
    assert "Choose a desk to write to it." in page
    refused = posts(running, f"{HERE}/messages/", 422, text="Ten minutes more.", key="k-0")
    assert "People sit at no desk of this exercise" in refused
    for desk in ("XA/central_authority", "XB/central_authority"):
        posts(running, f"{HERE}/control/", do="take", desk=desk)

    page = reads(running, f"{HERE}/messages/")
    assert "It goes to all 2 desks at which people sit:" in page
    for _twice in range(2):
        posts(running, f"{HERE}/messages/", text="Ten minutes more.", key="k-1")

    told = [one.authority.desk for one in Message.objects.filter(text="Ten minutes more.", from_control=True)]
    assert sorted(told) == ["XA/central_authority", "XB/central_authority"]


def test_a_desk_and_control_write_to_each_other_and_no_other_desk_reads_it(running):
    desk = Authority.objects.get(state__code="XA", kind="central_authority", state__exercise__isnull=False)
    other = Authority.objects.get(state__code="XB", kind="central_authority", state__exercise__isnull=False)
    people = {}
    for name, row in {"anna": desk, "bo": other}.items():
        people[name] = Client()
        user = User.objects.create_user(name)
        people[name].force_login(user)
        SeatHolder.objects.create(
            user=user, exercise=row.state.exercise, seat=row.seats.first(), role=TRAINEE
        )
    posts(people["anna"], f"{HERE}/messages/", text="May we call Borland?", key="k-1")
    posts(people["anna"], f"{HERE}/messages/", text="May we call Borland?", key="k-1")

    board = reads(running, f"{HERE}/control/")
    assert "Arvania: Central authority for MLA wrote to control" in board
    posts(running, f"{HERE}/messages/?desk=XA/central_authority", text="You may.", key="k-2")

    thread = reads(people["anna"], f"{HERE}/messages/")
    assert thread.count("May we call Borland?") == 1
    assert "You may." in thread
    assert "May we call" not in reads(people["bo"], f"{HERE}/messages/")


def test_after_the_end_nothing_comes_any_more(running):
    posts(running, f"{HERE}/control/", do="jump", to="+20d")
    beats()
    posts(running, f"{HERE}/control/", do="end", sure="yes")

    board = reads(running, f"{HERE}/control/")
    injects = reads(running, f"{HERE}/injects/")

    assert "What happens next nothing any more" in board
    assert "What comes" not in board
    assert "What came, the latest first" in board
    assert "did not come" in injects
    assert "to come" not in injects


def test_after_the_end_scores_can_be_judged_and_both_sides_are_revealed(running):
    posts(running, f"{HERE}/control/", do="jump", rate="3600", to="+20d")
    beats()
    assert "They are revealed after the end" in reads(running, f"{HERE}/after/timelines/")
    posts(running, f"{HERE}/control/", do="end", rate="3600", sure="yes")

    name = Exercise.objects.get().expectations.order_by("name")[0].name
    posts(running, f"{HERE}/after/{name}/", points="1", reason="Half of it was there.")

    page = reads(running, f"{HERE}/after/")
    assert "Judged: Half of it was there." in page
    assert "Acknowledge" in reads(running, f"{HERE}/after/timelines/?left=XA&right=XB")
    call_command("verify", verbosity=0)


def test_response_times_can_be_compared_downloaded_and_traced_to_their_cases(running):
    posts(running, f"{HERE}/control/", do="jump", rate="3600", to="+20d")
    beats()
    page = running.get(f"{HERE}/response-times/?by=request_type")
    assert page.status_code == 200
    assert "style=" not in page.content.decode()
    cases = re.search(r'href="([^"]+response-times/cases/[^"]+)"', page.content.decode())[1]

    assert re.search(r"X[A-Z]-X[A-Z]-000\d", reads(running, unescape(cases)))
    told = reads(running, f"{HERE}/response-times/")
    for heading in (
        "Work in hand",
        "Backlog",
        "State by State: who was asked",
        "On time by request type",
        "Outcomes",
    ):
        assert heading in told
    links = [
        unescape(one)
        for one in re.findall(r'href="([^"]+response-times/cases/[^"]+)"', page.content.decode())
    ]
    for standing in ("open", "counted"):
        page_of = next(one for one in links if f"standing={standing}" in one)
        assert re.search(r"\d intervals? .*X[A-Z]-X[A-Z]-000\d", reads(running, page_of))
    answered = next(one for one in links if "outcome=answered" in one)
    assert re.search(r"X[A-Z]-X[A-Z]-000\d", reads(running, answered))
    assert running.get(answered.replace("outcome=answered", "standing=asleep")).status_code == 404

    for form, starts in {"csv": b"stage", "pdf": b"%PDF", "xlsx": b"PK"}.items():
        response = running.get(f"{HERE}/response-times/{form}/?by=request_type")
        assert response.content.startswith(starts)
        assert f"{SCENARIO}-3-EXERCISE.{form}" in response["Content-Disposition"]
    assert running.get(f"{HERE}/response-times/docx/").status_code == 404


def test_a_refusal_is_told_in_the_readers_language_with_what_was_typed(running):
    said = {"do": "jump", "to": "lunch", "key": "k"}
    answer = running.post(f"{HERE}/control/", said, HTTP_ACCEPT_LANGUAGE="vi")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“lunch” không phải là ngày giờ có thật" in page
    assert "hãy ghi +3d tính từ lúc bắt đầu" in page
    assert "is not a date" not in page


@pytest.mark.parametrize(
    "path", ["seats/", "control/", "injects/", "after/", "after/timelines/"], ids=lambda path: path
)
def test_a_desk_has_no_page_of_control(running, path):
    row = Exercise.objects.get()
    desk = Authority.objects.get(state__exercise=row, state__code="XA", kind="central_authority")
    user = User.objects.create_user("anna")
    SeatHolder.objects.create(user=user, exercise=row, seat=desk.seats.first(), role=TRAINEE)
    anna = Client()
    anna.force_login(user)

    assert anna.get(f"{HERE}/{path}").status_code == 404
    assert anna.get("/library/").status_code == 404
    assert "It comes when the exercise has ended" in reads(anna, f"{HERE}/feedback/")


def test_an_observer_looks_on_and_steers_nothing(running):
    row = Exercise.objects.get()
    user = User.objects.create_user("olga")
    SeatHolder.objects.create(user=user, exercise=row, role="observer")
    olga = Client()
    olga.force_login(user)

    assert "Who holds what" in reads(olga, f"{HERE}/control/")
    assert "Jump to what happens next" not in reads(olga, f"{HERE}/control/")
    before = Exercise.objects.get().chain_seq
    assert olga.post(f"{HERE}/control/", {"do": "pause", "rate": "60"}).status_code == 403
    assert Exercise.objects.get().chain_seq == before


def test_control_finds_requests_by_text_type_and_standing(running):
    posts(running, f"{HERE}/control/", do="jump", rate="3600", to="+20d")
    beats()

    every = reads(running, f"{HERE}/requests/")
    none = reads(running, f"{HERE}/requests/?q=there-is-no-such-word")

    assert "XA-XB-0001" in every
    assert "No request fits what you look for" in none


def test_control_reads_how_many_of_the_requests_are_drafts_that_were_not_sent(running):
    posts(running, f"{HERE}/control/", do="take", desk="XA/central_authority")
    desk = Authority.objects.get(state__code="XA", kind="central_authority", state__exercise__isnull=False)
    for number in range(2):
        write_draft(
            by=desk.seats.first(),
            request_type="mla_stored_data",
            to=("XB", "central_authority"),
            contents={},
            case=None,
            parent=None,
            key=f"k-{number}",
            now=wall_now(),
        )

    assert "2 requests; 2 of them are drafts that were not sent" in reads(running, f"{HERE}/requests/")


def test_an_ended_exercise_is_archived_and_brought_back_by_a_click(running):
    assert "What still runs is not archived" in posts(running, f"{HERE}/after/", 422, do="archive")
    posts(running, f"{HERE}/control/", do="end", rate="3600", sure="yes")

    posts(running, f"{HERE}/after/", do="archive")
    assert Exercise.objects.get().archived_at is not None
    posts(running, f"{HERE}/after/", do="bring_back")
    assert Exercise.objects.get().archived_at is None


def test_the_whole_exercise_is_downloaded_once_its_clock_stands_and_comes_in_again(running, tmp_path):
    posts(running, f"{HERE}/control/", do="resume", rate="3600")
    assert "Download the whole exercise" not in reads(running, f"{HERE}/after/")
    refused = running.get(f"{HERE}/after/exercise.zip")
    assert refused.status_code == 422
    assert "pause it first" in text_of(refused)

    posts(running, f"{HERE}/control/", do="end", rate="3600", sure="yes")
    assert "Download the whole exercise (ZIP)" in reads(running, f"{HERE}/after/")
    answer = running.get(f"{HERE}/after/exercise.zip")

    assert f'attachment; filename="{SCENARIO}-3-EXERCISE.zip"' in answer["Content-Disposition"]
    content = async_to_sync(all_of)(answer)
    assert len(content) == int(answer["Content-Length"])
    file = tmp_path / "kept.zip"
    file.write_bytes(content)
    assert import_(file).handle == f"{SCENARIO}-3-2"


def test_people_go_by_their_own_names_where_they_gave_them(running):
    User.objects.filter(username="tara").update(first_name="Tara", last_name="Nguyen")
    exercise = Exercise.objects.get(handle=f"{SCENARIO}-3")
    SeatHolder.objects.create(
        user=User.objects.create_user("guest-kxqmwz"), exercise=exercise, role="observer"
    )

    page = running.get(f"{HERE}/seats/").content.decode()

    assert page.count("Tara Nguyen") == 2  # who is signed in, and who sits where
    assert ">tara<" not in page
    assert ">guest-kxqmwz<" in page


def test_what_is_wrong_with_the_clocks_form_stands_on_top_by_the_label_that_the_form_shows(running):
    page = running.post(f"{HERE}/control/", {"do": "jump", "rate": "3600", "to": "9" * 41})

    assert '<a href="#id_to">Jump to: Ensure this value has at most 40 characters' in page.content.decode()
    assert 'for="id_to">Jump to' in page.content.decode()


def test_typical_errors_lead_to_their_requests(running):
    posts(running, f"{HERE}/control/", do="jump", rate="3600", to="+20d")
    beats()
    posts(running, f"{HERE}/control/", do="end", rate="3600", sure="yes")

    page = running.get(f"{HERE}/after/").content.decode()

    made = page.partition('id="errors"')[2]
    assert re.search(rf'href="{HERE}/requests/[0-9a-f-]{{36}}/">X[A-Z]-X[A-Z]-[0-9]{{4}}</a></th>', made)
