"""What watches over an installation, and what a page shows of it: true, cheap, and nothing of a desk."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client, RequestFactory

from cooperation.words import Refused
from requests_app.agenda.models import Lateness, OutboxItem
from requests_app.exercises import control, health, standstill
from requests_app.exercises.heartbeat import CANARY, beat
from requests_app.reports.models import RollUp
from requests_app.reports.outbox import folder_of
from requests_app.reports.response_quantiles import stage_times
from requests_app.reports.rollup import bucket_of
from requests_app.web import broker, probes
from requests_app.web.metrics import exposition
from requests_app.world.models import TRAINEE, Exercise, SeatHolder
from requests_app.world.timekeeping import BEAT
from tests.builders import counted, day, seated

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "k7mq-x2vd-9hnp-33ab"


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.fixture
def redis_answers(monkeypatch):
    monkeypatch.setattr(probes, "queue_lengths", lambda: {"urgent": 2, "ordinary": 0})


@pytest.fixture
def noon(monkeypatch):
    """It is noon wherever a page asks."""
    for module in ("requests_app.web.probes", "requests_app.web.status"):
        monkeypatch.setattr(f"{module}.wall_now", lambda: NOON)


def person(name: str, group: str = "") -> Client:
    user = User.objects.create_user(name, password=PASSWORD)
    if group:
        user.groups.add(Group.objects.get_or_create(name=group)[0])
    client = Client()
    client.force_login(user)
    return client


def live(exercise):
    """Let Arvania's request wait for Borland in a live exercise; return the row of the exercise."""
    exercise.desk("Arvania").files("mla_stored_data", to="Borland", on=day(0))
    row = Exercise.objects.get(pk=exercise.row.pk)
    row.is_live = True
    row.save()
    return row


# -- alive and ready -------------------------------------------------------------------------------------


def test_alive_asks_nobody(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.parametrize(
    ("canary_s", "redis", "status"),
    [
        (3, {"urgent": 0}, 200),
        (30, {"urgent": 0}, 200),
        (31, {"urgent": 0}, 503),
        (None, {"urgent": 0}, 503),
        (3, None, 503),
    ],
    ids=["all is well", "at the limit", "the canary is late", "no canary ever", "Redis is silent"],
)
def test_ready_means_that_a_worker_really_executes_tasks(
    db, client, noon, monkeypatch, canary_s, redis, status
):
    monkeypatch.setattr(probes, "queue_lengths", lambda: redis)
    if canary_s is not None:
        beat(CANARY, NOON - seconds(canary_s))

    answer = client.get("/readyz")

    assert answer.status_code == status
    assert answer.json() == {
        "ready": status == 200,
        "database": True,
        "redis": redis is not None,
        "canary_age_s": canary_s,
        "oldest_due_s": 0,
    }


def test_a_database_that_does_not_answer_is_not_ready(client, redis_answers, monkeypatch):
    from django.db import OperationalError

    def fails(_):
        raise OperationalError("gone")

    monkeypatch.setattr(probes, "pulse", fails)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] is False


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("redis+socket:///tmp/x/redis.sock?virtual_host=3", "unix:///tmp/x/redis.sock?db=3"),
        ("redis://:word@host:6379/1", "redis://:word@host:6379/1"),
        ("memory://", ""),
    ],
    ids=["a socket", "a host", "none"],
)
def test_the_brokers_address_is_spelled_as_redis_clients_do(said, understood):
    assert broker.plain_url(said) == understood


def test_a_redis_that_is_not_there_has_no_queue_lengths(settings, tmp_path):
    settings.CELERY_BROKER_URL = f"redis+socket://{tmp_path}/nobody.sock"

    assert broker.queue_lengths() is None


# -- figures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "sent", "comes_from", "forwarded", "allowed"),
    [
        ("", "", "127.0.0.1", "", True),
        ("", "", "::1", "", True),
        ("", "", "10.0.0.5", "", False),
        ("", "", "127.0.0.1", "203.0.113.9", False),
        ("t0ken", "Bearer t0ken", "10.0.0.5", "", True),
        ("t0ken", "Bearer token", "10.0.0.5", "", False),
        ("t0ken", "", "127.0.0.1", "", False),
        ("", "Bearer ", "10.0.0.5", "", False),
        ("", "", "", "", False),
    ],
    ids=[
        *("this machine", "this machine by IPv6", "another machine", "through a proxy on this machine"),
        *("with the token", "with a wrong one", "without it on this machine", "an empty one", "from nowhere"),
    ],
)
def test_the_figures_are_for_this_machine_or_for_the_token(
    settings, token, sent, comes_from, forwarded, allowed
):
    settings.METRICS_TOKEN = token
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/metrics", REMOTE_ADDR=comes_from, HTTP_AUTHORIZATION=sent, **extra)

    assert probes.may_read_metrics(request) is allowed


def test_to_anybody_else_there_are_no_figures(db, client, redis_answers, settings):
    settings.METRICS_TOKEN = "t0ken"

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer t0ken").status_code == 200


def test_the_figures_say_what_was_late_what_waits_and_what_took_how_long(exercise):
    row = live(exercise)
    Lateness.objects.create(exercise=row, bucket=0, count=5, seconds=1)
    Lateness.objects.create(exercise=row, bucket=2, count=2, seconds=7)
    Lateness.objects.create(exercise=row, bucket=10, count=1, seconds=4000)
    OutboxItem.objects.create(exercise=row, kind="roll_up", put_at=NOON - seconds(8))
    OutboxItem.objects.create(exercise=row, kind="roll_up", put_at=NOON - seconds(3))
    OutboxItem.objects.create(exercise=row, kind="notice", put_at=NOON, processed_at=NOON)
    RollUp.objects.create(
        stage="decide",
        request_type="mla_other",
        month="2027-03",
        bucket=bucket_of(3600),
        closed=3,
        with_due=2,
        on_time=1,
    )
    RollUp.objects.create(
        stage="decide", request_type="mla_other", month="2027-04", bucket=bucket_of(86_400), closed=1
    )
    beat(BEAT, NOON - seconds(1))

    told = exposition(NOON, {"urgent": 4, "ordinary": 0})

    lines = told.splitlines()
    assert [line for line in lines if line.startswith("comity_timer_lateness_seconds")] == [
        'comity_timer_lateness_seconds_bucket{le="1"} 5',
        'comity_timer_lateness_seconds_bucket{le="2"} 5',
        'comity_timer_lateness_seconds_bucket{le="5"} 7',
        'comity_timer_lateness_seconds_bucket{le="10"} 7',
        'comity_timer_lateness_seconds_bucket{le="30"} 7',
        'comity_timer_lateness_seconds_bucket{le="60"} 7',
        'comity_timer_lateness_seconds_bucket{le="120"} 7',
        'comity_timer_lateness_seconds_bucket{le="300"} 7',
        'comity_timer_lateness_seconds_bucket{le="900"} 7',
        'comity_timer_lateness_seconds_bucket{le="3600"} 7',
        'comity_timer_lateness_seconds_bucket{le="+Inf"} 8',
        "comity_timer_lateness_seconds_sum 4008",
        "comity_timer_lateness_seconds_count 8",
    ]
    for line in (
        "comity_beat_age_seconds 1",
        "comity_timers_fired_total 8",
        "comity_timers_due 0",
        "comity_timers_set_aside 0",
        "comity_oldest_unfired_timer_seconds 0",
        "comity_redis_up 1",
        'comity_queue_length{queue="urgent"} 4',
        'comity_outbox_waiting{kind="roll_up"} 2',
        'comity_outbox_oldest_seconds{kind="roll_up"} 8',
        f'comity_open_requests{{exercise="{row.handle}",state="XB",stage="acknowledge"}} 1',
        'comity_intervals_closed_total{stage="decide"} 4',
        'comity_intervals_closed_with_due_total{stage="decide"} 2',
        'comity_intervals_closed_on_time_total{stage="decide"} 1',
    ):
        assert line in lines
    assert "notice" not in told


def test_every_line_of_the_figures_is_what_prometheus_reads(exercise):
    live(exercise)
    sample = r'[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? \d+(\.\d+)?'

    for line in exposition(NOON, None).splitlines():
        assert re.fullmatch(rf"# (HELP|TYPE) [a-z_]+ .+|{sample}", line), line


@pytest.mark.parametrize(("share", "within_h"), [(0.5, 1), (0.9, 24)], ids=["half of them", "nine in ten"])
def test_a_quantile_of_the_roll_ups_is_at_most_one_percent_off(db, share, within_h):
    for hours, closed in ((1, 3), (24, 1)):
        RollUp.objects.create(
            stage="decide",
            request_type="mla_other",
            month="2027-03",
            bucket=bucket_of(hours * 3600),
            closed=closed,
        )

    (decide,) = stage_times()

    assert dict(decide.within_s)[share] == pytest.approx(within_h * 3600, rel=0.01)


def test_a_timer_that_has_not_fired_is_told_with_its_age(exercise):
    row = live(exercise)
    exercise.clock_runs(rate=1)
    row.refresh_from_db()
    due = row.agenda.filter(status="open").order_by("due_at").first()
    late_at = row.clock.wall_at(due.due_at) + seconds(90)
    Exercise.objects.filter(pk=row.pk).update(wake_at=late_at - seconds(90))

    found = health.timers(late_at)

    assert found.oldest_s == 90
    assert found.waiting >= 1


@pytest.mark.harmed
def test_a_timer_that_was_set_aside_is_counted(exercise):
    row = live(exercise)
    row.agenda.filter(key="end").update(status="set_aside", error="it failed")

    assert health.timers(row.starts_at).set_aside == 1


# -- the page --------------------------------------------------------------------------------------------


def test_a_stranger_is_asked_to_sign_in(client):
    answer = client.get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/")


def test_signing_in_with_a_wrong_password_says_so_and_no_more(db, client):
    User.objects.create_user("trainer", password=PASSWORD)

    wrong = client.post("/sign-in/", {"username": "trainer", "password": "guess"}).content.decode()
    nobody = client.post("/sign-in/", {"username": "nobody", "password": "guess"}).content.decode()

    assert "Name or password is wrong." in wrong
    assert "Name or password is wrong." in nobody


@pytest.mark.parametrize(
    ("group", "sees"),
    [("trainer", True), ("analyst", True), ("trainee", False), ("", False)],
    ids=["a trainer", "an analyst", "a trainee", "somebody without a part"],
)
def test_how_busy_the_states_are_only_trainers_and_analysts_see(exercise, redis_answers, group, sees):
    live(exercise)

    page = person("somebody", group).get("/status/").content.decode()

    assert "EXERCISE" in page
    assert (exercise.row.handle in page) is sees
    assert ("Borland" in page) is sees
    assert ("1 in all, 1 open" in page) is sees
    assert ("Events in the last minute" in page) is sees


def test_whoever_sits_in_an_exercise_finds_it_and_no_other(exercise, redis_answers):
    row = live(exercise)
    other = Exercise.objects.get(pk=seated().row.pk)
    client = person("somebody", "trainee")
    seat = row.states.get(code="XA").authorities.first().seats.get()
    SeatHolder.objects.create(
        user=User.objects.get(username="somebody"), exercise=row, seat=seat, role=TRAINEE
    )

    page = client.get("/status/").content.decode()

    assert f">{row.handle}</dd>" in page
    assert other.handle not in page


def test_a_trainer_who_sits_at_a_desk_sees_of_that_exercise_no_other_state(exercise, redis_answers):
    row = live(exercise)
    client = person("somebody", "trainer")
    seat = row.states.get(code="XA").authorities.first().seats.get()
    SeatHolder.objects.create(
        user=User.objects.get(username="somebody"), exercise=row, seat=seat, role=TRAINEE
    )

    page = client.get("/status/").content.decode()

    assert f">{row.handle}</dd>" in page
    assert "Borland" not in page
    assert "Events in the last minute" not in page
    assert "not in an exercise in which they hold a desk" in page


def test_a_state_with_nothing_open_is_counted_and_not_listed(exercise, redis_answers):
    live(exercise)

    page = person("somebody", "trainer").get("/status/").content.decode()

    assert '<th scope="row">Borland</th>' in page
    assert '<th scope="row">Arvania</th>' not in page
    assert "2 other States with nothing open." in page


def test_an_exercise_is_named_by_its_title_and_its_run_before_and_after_its_end(exercise, redis_answers):
    client = person("somebody", "trainer")
    name = 'Two desks<span class="quiet">, run 7</span>'
    running = client.get("/status/").content.decode()
    Exercise.objects.filter(pk=exercise.row.pk).update(ended=True)

    ended = client.get("/status/").content.decode()

    assert f'<h3 class="govuk-heading-s">{name}</h3>' in running
    assert f'<th scope="row">{name}</th>' in ended


def test_the_page_says_what_each_stage_is_where_it_counts_them(exercise, redis_answers):
    live(exercise)
    meaning = "From submission to acknowledgement or return."

    counts = person("somebody", "trainer").get("/status/").content.decode()
    none = person("nobody", "trainee").get("/status/").content.decode()

    assert meaning in counts
    assert meaning not in none


def test_the_page_shows_nothing_of_a_desks_content(exercise, redis_answers):
    live(exercise)
    request = exercise.row.requests.get()

    page = person("trainer", "trainer").get("/status/").content.decode()

    assert request.reference not in page
    assert request.request_type not in page
    assert "1 in all, 1 open" in page


def test_page_and_figures_cost_the_same_few_statements_whatever_was_played(exercise, redis_answers):
    row = live(exercise)
    trainer = person("trainer", "trainer")
    trainer.get("/status/")
    with counted() as before:
        trainer.get("/status/")
        exposition(NOON, None)
    for number in range(3):
        exercise.desk("Arvania").files("mla_stored_data", to="Borland", on=day(1 + number))
    Exercise.objects.filter(pk=row.pk).update(is_live=True)

    with counted() as after:
        trainer.get("/status/")
        exposition(NOON, None)

    assert len(after) == len(before)
    assert len(after) <= 22


def test_no_page_lets_a_script_or_style_in_that_is_not_its_own(db, client):
    for path in ("/sign-in/", "/healthz", "/join/"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy


def test_a_page_carries_no_script_and_no_style_of_its_own(exercise, redis_answers):
    page = person("trainer", "trainer").get("/status/").content.decode()

    assert re.findall(r"<script(?!(?: type=\"module\")? src=\"/static/)", page) == []
    assert " style=" not in page
    assert "<style" not in page


# -- reports ---------------------------------------------------------------------------------------------


@pytest.fixture
def reported(exercise, settings, tmp_path):
    """An exercise that has ended, with files among the reports and one beside them."""
    settings.VAR_DIR = tmp_path / "var"
    row = Exercise.objects.get(pk=exercise.row.pk)
    row.ended = True
    row.save()
    folder = folder_of(row)
    folder.mkdir(parents=True)
    (folder / "report.html").write_text(
        '<style>p { color: red }</style><p style="top: 1px">Response times</p>'
    )
    (folder / "report.json").write_text("{}")
    return row


def test_the_report_of_an_ended_exercise_is_handed_out_with_its_own_styles_only(reported):
    answer = person("analyst", "analyst").get(f"/reports/{reported.handle}/report.html")

    assert answer.status_code == 200
    assert b"Response times" in answer.content
    policy = answer["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "unsafe-inline" not in policy
    # printf %s 'p { color: red }' | openssl dgst -sha256 -binary | base64
    assert "'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='" in policy


def test_a_published_report_comes_in_the_readers_language_where_there_is_one(reported):
    (folder_of(reported) / "vi").mkdir()
    (folder_of(reported) / "vi" / "report.html").write_text("<p>Thời gian phản hồi</p>")
    analyst = person("analyst", "analyst")
    path = f"/reports/{reported.handle}/report.html"

    assert "Thời gian phản hồi" in analyst.get(path, headers={"Accept-Language": "vi"}).content.decode()
    assert "Response times" in analyst.get(path, headers={"Accept-Language": "en"}).content.decode()
    json = f"/reports/{reported.handle}/report.json"
    assert analyst.get(json, headers={"Accept-Language": "vi"}).content == b"{}"


@pytest.mark.parametrize(
    "path",
    [
        *("/reports/{handle}/report.csv", "/reports/{handle}/report.py", "/reports/no-such-1/report.html"),
        *(
            "/reports/../report.html",
            "/reports/..%2f..%2fsecret_key/report.html",
            "/reports/{handle}/report.html/",
        ),
    ],
)
def test_there_is_no_other_file(reported, path):
    assert person("analyst", "analyst").get(path.format(handle=reported.handle)).status_code == 404


def test_a_report_that_leads_out_of_its_folder_is_not_followed(reported, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (folder_of(reported) / "report.csv").symlink_to(tmp_path / "secret")

    assert person("analyst", "analyst").get(f"/reports/{reported.handle}/report.csv").status_code == 404


def test_while_an_exercise_runs_its_report_is_nobodys(reported):
    Exercise.objects.filter(pk=reported.pk).update(ended=False)

    assert person("trainer", "trainer").get(f"/reports/{reported.handle}/report.html").status_code == 404


def test_a_stranger_gets_no_report(reported, client):
    assert client.get(f"/reports/{reported.handle}/report.html").status_code == 302


# -- standing still --------------------------------------------------------------------------------------


@pytest.fixture
def running(db, every_exercise_holds):
    """Two live exercises: one that runs, and one that control has paused."""
    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import read_scenario
    from tests.builders import desks_scenario

    made = []
    for name in ("one-runs", "one-rests"):
        text = desks_scenario(name=name)
        scenario = read_scenario(text.encode(), f"{name}.yaml", rulebook(), behaviours().keys())
        exercise = control.open_live(scenario, seed=7, teams="typical", wall=NOON)
        control.start(exercise.pk, NOON, 60)
        made.append(exercise)
    control.pause(made[1].pk, NOON)
    return made


def rate(exercise) -> int:
    return exercise.segments.order_by("number").last().rate


def test_what_stood_still_before_a_shutdown_does_so_after_it(running):
    runs, rests = running

    paused = list(standstill.pause_all(lambda: NOON + seconds(5)))
    assert [rate(runs), rate(rests)] == [0, 0]
    resumed = list(standstill.resume_all(lambda: NOON + seconds(600)))

    assert paused == [(runs.handle, None)]
    assert resumed == [(runs.handle, None)]
    assert [rate(runs), rate(rests)] == [60, 0]


def test_a_clock_that_somebody_moved_since_the_shutdown_is_left_alone(running):
    runs, _ = running
    list(standstill.pause_all(lambda: NOON + seconds(5)))
    control.resume(runs.pk, NOON + seconds(6), 1)
    control.pause(runs.pk, NOON + seconds(7))

    assert list(standstill.resume_all(lambda: NOON + seconds(600))) == []
    assert rate(runs) == 0


def test_one_exercise_that_cannot_be_paused_does_not_keep_the_others_running(running, monkeypatch):
    runs, rests = running
    control.resume(rests.pk, NOON + seconds(1))
    pause = control.pause

    def fails_for_one(key, wall, why):
        if key == rests.pk:
            raise Refused("catching_up", "the exercise is catching up")
        pause(key, wall, why)

    monkeypatch.setattr(control, "pause", fails_for_one)

    found = dict(standstill.pause_all(lambda: NOON + seconds(5)))

    assert found[runs.handle] is None
    assert str(found[rests.handle]) == "the exercise is catching up"
    assert rate(runs) == 0
