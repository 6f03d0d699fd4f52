"""Two desks, Arvania and Borland, play three requests to the end over HTTP, against a running ./script/demo.

    python3 script/two_desks.py [ADDRESS] [--sign-ins var/sign-ins.txt]

Preservation, then disclosure of the path, then mutual assistance, at a day a second, with a pause, a question
and a desk taken over from the simulation; at the end the lines of the report. Only Python's standard library
is used, and only what any client of the API can do (docs/api.md).
"""

from __future__ import annotations

import argparse
import csv
import http.cookiejar
import io
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

SCENARIO, SEED = "intimate-images", 3
DAY_A_SECOND = 86_400
DESK = "central_authority"
PATIENCE_S = 120.0
LOOK_EVERY_S = 0.2
TRIES = 20

DATA = "Customer record, sessions and the six files of album a9-017"
PRESERVATION = {
    "offence": ["intimate_images"],
    "data_description": DATA,
    "data_relation_to_offence": "The uploader is known by no other trace",
    "custodian_or_location": "Open Loft Pages, Borland",
    "necessity": "The host deletes what is reported after five days",
    "intent_to_follow_up": "A request for mutual assistance follows within two weeks",
    "identifiers": ["album a9-017", "quillpoint"],
    "urgency": "Five days are left",
}
DISCLOSURE = {"specific_communication": "The upload of album a9-017 on 12 June 2027 at 17:20 UTC"}
# The category of the data is left out: Borland has to ask.
ASSISTANCE = {
    "subject_and_nature": "Criminal investigation into the sharing of intimate images without consent",
    "conducting_authority": "Prosecution office of Tam Hai",
    "offence": ["intimate_images"],
    "facts_summary": "Six images of an adult were put on a public site against her will.",
    "assistance_sought": "Hand over what was preserved",
    "purpose": "Evidence in the case stated",
    "data_description": DATA,
    "data_relation_to_offence": "It names who uploaded them",
    "identifiers": ["album a9-017"],
}


class Refusal(Exception):
    """The API refused: its problem, in the words it has for people."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.status = int(problem.get("status", 0))
        self.reason = str(problem.get("type", "")).rpartition(":")[2]
        super().__init__(f"{problem.get('detail', problem)} ({problem.get('mend', 'no mend is named')})")


class Client:
    """One person with a token. What is sent twice has one effect, so a lost answer is asked for again."""

    def __init__(self, address: str, name: str, password: str, speaks_for: str = "") -> None:
        self.name = speaks_for or name
        self._api = f"{address}/api/v1/"
        self._token = ""
        self._token = self.asks("POST", "token/", {"username": name, "password": password})["token"]

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return the answer; raise Refusal. Where the exercise catches up, it is asked again."""
        sent = {"Content-Type": "application/json", **headers}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        for _ in range(TRIES):
            request = urllib.request.Request(self._api + path, data, sent, method=method)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                refusal = Refusal(_problem(error))
                if "Retry-After" not in error.headers or refusal.status not in (409, 429, 503):
                    raise refusal from None
                time.sleep(float(error.headers["Retry-After"]))
            except (urllib.error.URLError, OSError) as error:
                if method != "GET" and "Idempotency-Key" not in sent:
                    raise SystemExit(f"{self._api} does not answer: {error}") from None
                time.sleep(LOOK_EVERY_S)
        raise SystemExit(f"{self._api} does not answer in {TRIES} tries")

    def files(self, request_type: str, parent: str | None = None, **contents: Any) -> str:
        """Draft a request to Borland and send it; return its id."""
        draft = {"request_type": request_type, "to": f"XB/{DESK}", "contents": contents, "case": "album"}
        made = self.asks("POST", "requests/", {**draft, "parent": parent}, **_key())
        self.does("submit", made["id"])
        return str(made["id"])

    def does(self, act: str, request: str, **contents: Any) -> None:
        """Act on a request as it stands now; where somebody was quicker, look again."""
        for _ in range(TRIES):
            seen = {"If-Match": self.sees(request)["etag"], **_key()}
            try:
                self.asks("POST", f"requests/{request}/acts/", {"act": act, "contents": contents}, **seen)
            except Refusal as refusal:
                if refusal.reason != "stale_version":
                    raise
            else:
                return _say(f"{self.name}: {act.replace('_', ' ')}")
        raise SystemExit(f"{act}: the request does not stand still")

    def sees(self, request: str) -> dict[str, Any]:
        """Return a request as it stands."""
        found: dict[str, Any] = self.asks("GET", f"requests/{request}/")
        return found

    def waits_until_there(self, request: str) -> None:
        """Wait until a request has reached this desk."""
        ends_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_s:
            if any(row["id"] == request for row in self.asks("GET", "requests/")["results"]):
                return
            time.sleep(LOOK_EVERY_S)
        raise SystemExit("the request did not arrive")


class Trainer(Client):
    """Who runs the exercise."""

    def opens(self) -> None:
        """Open a new exercise."""
        opened = self.asks("POST", "exercises/", {"scenario": SCENARIO, "seed": SEED})
        self.handle = str(opened["handle"])

    def seats(self, client: Client, state: str) -> None:
        """Give somebody the code of a desk, with which they join."""
        seat = {"role": "trainee", "state": state, "authority": DESK}
        code = self.asks("POST", f"exercises/{self.handle}/codes/", seat)["code"]
        _say(f"{client.name} sits at {client.asks('POST', 'join/', {'code': code})['desk']}")

    def clock(self, act: str, **said: Any) -> None:
        """Move the clock."""
        now = self.asks("POST", f"exercises/{self.handle}/clock/", {"act": act, **said})["now"]
        _say(f"{self.name}: {act} the clock at {now}")

    def passes(self, *, days: float) -> None:
        """Wait until so many days of the exercise have passed."""
        began = self._day()
        while self._day() < began + days:
            time.sleep(LOOK_EVERY_S)

    def _day(self) -> float:
        now = self.asks("GET", f"exercises/{self.handle}/")["now"]
        return datetime.fromisoformat(now).timestamp() / DAY_A_SECOND


def play(trainer: Trainer, arvania: Client, borland: Client) -> None:
    """Play the three requests to the end."""
    trainer.opens()
    trainer.seats(arvania, "XA")
    trainer.clock("start", rate=DAY_A_SECOND)

    kept = arvania.files("preservation_expedited", **PRESERVATION)
    trainer.clock("pause")
    _say("Borland's desk was simulated until now; a person takes it over where it stands")
    trainer.seats(borland, "XB")
    trainer.clock("resume")
    executes(arvania, borland, kept)
    if borland.sees(kept)["status"] == "in_execution":
        borland.does("confirm_preservation", kept)
    borland.does("disclose_path", kept, path="A provider in Cascadia carried the upload")
    trainer.passes(days=1)

    path = arvania.files("traffic_data_disclosure", kept, **DISCLOSURE)
    executes(arvania, borland, path)
    borland.does("disclose_path", path, path="A provider in Cascadia, 203.0.113.90 at 17:20 UTC")
    finishes(arvania, borland, path)
    trainer.passes(days=1)

    asked = arvania.files("mla_stored_data", kept, **ASSISTANCE)
    borland.waits_until_there(asked)
    borland.does("acknowledge", asked)
    borland.does("ask_for_information", asked, questions=["data_category"])
    trainer.passes(days=2)
    arvania.does("provide_information", asked, answers={"data_category": "subscriber_information"})
    executes(arvania, borland, asked)
    trainer.passes(days=2)
    finishes(arvania, borland, asked)
    for request in (kept, path, asked):
        if arvania.sees(request)["status"] != "closed":
            arvania.does("close", request)
    trainer.clock("end")


def executes(arvania: Client, borland: Client, request: str) -> None:
    """Take a request from wherever it stands into execution, doing each time what comes next."""
    borland.waits_until_there(request)
    following = {
        "sent": "acknowledge",
        "acknowledged": "accept",
        "admissibility_check": "accept",
        "consultation": "accept",
        "accepted": "start_execution",
    }
    while True:
        seen = borland.sees(request)
        if seen["status"] == "more_information_requested":  # by the simulation, before it was taken over
            answers = dict.fromkeys(seen["questions"], f"As stated: {DATA}")
            arvania.does("provide_information", request, answers=answers)
        elif seen["status"] in following:
            borland.does(following[seen["status"]], request)
        else:
            return


def finishes(arvania: Client, borland: Client, request: str) -> None:
    """Send what was asked for, and confirm that it came."""
    borland.does("transmit", request)
    arvania.does("confirm_receipt", request)


def report(address: str, client: tuple[str, str], handle: str) -> list[dict[str, str]]:
    """Return the lines of an exercise's report, once the worker has written it."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    browser.open(f"{address}/sign-in/", timeout=30).read()
    token = next(str(cookie.value) for cookie in cookies if cookie.name == "csrftoken")
    form = {"csrfmiddlewaretoken": token, "username": client[0], "password": client[1]}
    browser.open(f"{address}/sign-in/", urllib.parse.urlencode(form).encode(), timeout=30).read()
    ends_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_s:
        try:
            with browser.open(f"{address}/reports/{handle}/report.csv", timeout=30) as answer:
                return list(csv.DictReader(io.StringIO(answer.read().decode())))
        except urllib.error.HTTPError:
            time.sleep(LOOK_EVERY_S)
    raise SystemExit(f"the report of {handle} was not written in {PATIENCE_S:.0f} s")


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    text = error.read().decode(errors="replace")
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return {"status": error.code, "detail": text[:200]}
    return found


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Two desks play an exercise over HTTP. EXERCISE.")
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8000/")
    parser.add_argument("--sign-ins", type=Path, default=Path("var/sign-ins.txt"), help="kept by the demo")
    asked = parser.parse_args()
    address = asked.address.rstrip("/")
    try:
        words = dict(line.split() for line in asked.sign_ins.read_text().splitlines())
    except (OSError, ValueError):
        sys.exit(f"{asked.sign_ins} cannot be read: start ./script/demo, or name its file with --sign-ins")
    trainer = Trainer(address, "trainer", words["trainer"])
    arvania = Client(address, "trainee", words["trainee"], "Arvania")
    borland = Client(address, "analyst", words["analyst"], "Borland")
    _say("EXERCISE - training, no real case")
    try:
        play(trainer, arvania, borland)
    except Refusal as refusal:
        sys.exit(f"refused: {refusal}")
    _say(f"\nThe report of {trainer.handle}:")
    for line in report(address, ("trainer", words["trainer"]), trainer.handle):
        half = f"half within {float(line['median_hours']):.1f} hours" if line["median_hours"] else ""
        _say(f"  {line['stage']:<12}{line['n']:>3} opened, {line['open']} still open  {half}".rstrip())


if __name__ == "__main__":
    main()
