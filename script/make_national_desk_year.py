"""Print the scenario `national-desk-year`: one central authority, 40 States, 2,000 requests in a year.

    python script/make_national_desk_year.py > cooperation/data/scenarios/national-desk-year.yaml

Standard library only. Every draw is a hash of its own name, so that the same file comes out on any machine
and with any version of Python, and a change in one place leaves the other draws alone.

What is calibrated, with the evidence level that the figure had when it was read:
  volume       2,000 a year, the order of 2,300 received by the Swiss authorities (before 2020, seen)
  direction    79 in 100 received, from Ireland's 4,000 received and 1,070 made (2008 to 2013, secondary)
  preservation 65 for 100 requests for data (first half of 2016, derived, secondary, medium)
  emergency    5 for 100 requests for data (first half of 2022, derived, secondary, medium)
All else - partners, seasons, types, errors - is an exercise rule. All partners behave alike: nothing is said
of any State.
"""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

DESK, DESK_OFFSET_H = "XA", 7
FIRST_DAY, FIRST_HOUR, DAYS = date(2027, 1, 4), 8, 365
TAIL_DAYS = 90
RECEIVED = 0.79
DATA_REQUESTS = 560
PRESERVATION_PER_DATA_REQUEST, EMERGENCY_PER_DATA_REQUEST = 0.65, 0.05
FOLLOWED_UP = 0.75
INCOMPLETE, MISDIRECTED, BELOW_THRESHOLD = 0.12, 0.04, 0.04
CASES_OF_DESK, CASES_OF_PARTNER = 60, 4

CENTRAL, POINT, POLICE = "central_authority", "contact_point_24_7", "law_enforcement"
EXTRADITION, PROSECUTION, CERT = "extradition_authority", "prosecution_or_court", "cert"

# Partners in order of traffic, with the hours that their clock is ahead of UTC, near enough to file by day.
PARTNERS = {
    "US": -5,
    "DE": 1,
    "SG": 8,
    "FR": 1,
    "JP": 9,
    "GB": 0,
    "KR": 9,
    "AU": 10,
    "NL": 1,
    "TH": 7,
    "KH": 7,
    "LA": 7,
    "MY": 8,
    "PH": 8,
    "ID": 7,
    "IN": 5,
    "CA": -5,
    "CH": 1,
    "AE": 4,
    "PL": 1,
    "IT": 1,
    "ES": 1,
    "CZ": 1,
    "TR": 3,
    "BR": -3,
    "ZA": 2,
    "SE": 1,
    "IE": 0,
    "RO": 2,
    "KZ": 5,
    "NG": 1,
    "KE": 3,
    "EG": 2,
    "SA": 3,
    "MX": -6,
    "AR": -3,
    "CL": -4,
    "PT": 0,
    "NZ": 12,
    "NO": 1,
}
TRAFFIC = [1 / rank**0.9 for rank in range(1, len(PARTNERS) + 1)]
# Quiet in the weeks of the new years and in August, busy in spring and before the year ends.
SEASON = (1.0, 0.6, 1.15, 1.15, 1.1, 1.1, 0.95, 0.6, 1.1, 1.15, 1.2, 0.9)
WEEKDAYS = (1.1, 1.1, 1.05, 1.0, 0.9, 0.1, 0.1)

# How many of each type are filed by themselves; the rest follows from others or stands in the story.
COUNTS = {
    "preservation_expedited": round(DATA_REQUESTS * PRESERVATION_PER_DATA_REQUEST),
    "emergency_data": round(DATA_REQUESTS * EMERGENCY_PER_DATA_REQUEST),
    "mla_stored_data": DATA_REQUESTS,
    "preservation_extension": 45,
    "traffic_data_disclosure": 40,
    "assistance_24_7": 120,
    "law_enforcement_inquiry": 200,
    "spontaneous_information": 90,
    "mla_documents": 110,
    "mla_statement": 80,
    "mla_service": 70,
    "mla_information_evidence": 60,
    "mla_search_seizure": 45,
    "mla_trace_proceeds": 30,
    "mla_realtime_traffic": 12,
    "mla_content_interception": 6,
    "freezing_or_seizure": 35,
    "confiscation": 10,
    "asset_return": 4,
    "provisional_arrest": 14,
    "extradition": 30,
    "transfer_of_proceedings": 9,
    "joint_investigation": 8,
    "information_exchange": 20,
    "technical_assistance": 10,
}
# What follows what, after how many days (least, most), and how many of all of that type follow at most.
FOLLOWS = {
    "traffic_data_disclosure": ("preservation_expedited", 1, 4, 40),
    "mla_stored_data": ("preservation_expedited", 9, 64, int(COUNTS["preservation_expedited"] * FOLLOWED_UP)),
    "preservation_extension": ("preservation_expedited", 44, 57, 45),
    "confiscation": ("freezing_or_seizure", 60, 180, 8),
    "asset_return": ("confiscation", 40, 90, 4),
    "extradition": ("provisional_arrest", 18, 45, 12),
}
DESKS = {
    **dict.fromkeys(("preservation_expedited", "preservation_extension", "traffic_data_disclosure"), POINT),
    **dict.fromkeys(("emergency_data", "assistance_24_7"), POINT),
    **dict.fromkeys(("law_enforcement_inquiry", "spontaneous_information"), POLICE),
    **dict.fromkeys(("extradition", "provisional_arrest"), EXTRADITION),
    "joint_investigation": PROSECUTION,
    "information_exchange": CERT,
}
# What is left out of an incomplete request.
LEFT_OUT = {
    "preservation_expedited": ("necessity", "intent_to_follow_up", "data_relation_to_offence"),
    "mla_stored_data": ("data_relation_to_offence", "identifiers", "purpose", "data_description"),
    "emergency_data": ("identifiers", "emergency_description"),
    "law_enforcement_inquiry": ("evidential_status",),
    "mla_documents": ("documents_wanted", "purpose"),
    "mla_statement": ("person_to_hear", "procedure_wanted"),
    "mla_service": ("addressee", "language"),
    "mla_search_seizure": ("place_or_object",),
    "mla_information_evidence": ("purpose", "assistance_sought"),
    "mla_realtime_traffic": ("collection_period",),
    "mla_content_interception": ("domestic_authorisation", "justification_realtime"),
    "freezing_or_seizure": ("facts_for_order",),
    "extradition": ("maximum_penalty_years", "arrest_warrant_or_judgment"),
    "spontaneous_information": ("handling_conditions",),
}
# Offences with their share, penalty in years, and what such a case is called.
OFFENCES = (
    ("ict_theft_or_fraud", 35, 10, "Payments led astray"),
    ("illegal_access", 20, 6, "Accounts entered without right"),
    ("data_interference", 10, 7, "Files locked for ransom"),
    ("system_interference", 8, 7, "A service flooded"),
    ("misuse_of_devices", 6, 5, "Tools for break-ins sold"),
    ("ict_forgery", 5, 6, "Electronic papers forged"),
    ("laundering", 6, 10, "Proceeds moved on"),
    ("intimate_images", 3, 5, "Images spread without consent"),
    ("csam", 3, 12, "Token set on file, hash and size only"),
    ("serious_crime_other", 4, 8, "A serious crime with traces on line"),
)
BELOW = ("serious_crime_other", 2, "A minor matter with traces on line")


def draw(*name: object) -> float:
    """Return a number from 0 up to 1 that belongs to this name."""
    digest = hashlib.sha256("/".join(map(str, ("national-desk-year", *name))).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def pick(weights: Sequence[float], *name: object) -> int:
    """Return an index, drawn by weight."""
    bounds = list(accumulate(weights))
    return bisect(bounds, draw(*name) * bounds[-1])


def between(least: int, most: int, *name: object) -> int:
    """Return a whole number from `least` to `most`."""
    return least + int(draw(*name) * (most - least + 1))


@dataclass
class Request:
    """One planned request; `day` counts from the first, `at_m` is minutes from the start."""

    kind: str
    number: int
    day: int
    partner: str
    received: bool
    parent: Request | None = None
    children: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.kind.replace('_', '-')}-{self.number:03}"

    @property
    def sender(self) -> str:
        return self.partner if self.received else DESK

    @property
    def receiver(self) -> str:
        return DESK if self.received else self.partner

    @property
    def at_m(self) -> int:
        """Contact points file at any hour, the others by day in their own zone."""
        minute = between(0, 59, self.name, "minute")
        if DESKS.get(self.kind) == POINT:
            hour = between(0, 23, self.name, "hour")
        else:
            ahead = PARTNERS[self.partner] if self.received else DESK_OFFSET_H
            hour = between(9, 15, self.name, "hour") - ahead + DESK_OFFSET_H - FIRST_HOUR
        return max(self.day * 24 * 60 + hour * 60 + minute, minute)


def make_requests() -> list[Request]:
    """Return all requests but those of the story, in the order in which they are filed."""
    days = [SEASON[(FIRST_DAY + timedelta(n)).month - 1] for n in range(DAYS)]
    working_days = [share * WEEKDAYS[(FIRST_DAY + timedelta(n)).weekday()] for n, share in enumerate(days)]
    made: dict[str, list[Request]] = {}
    for kind in sorted(COUNTS, key=lambda kind: _depth(kind)):
        followers = list(_followers(kind, made))
        made[kind] = followers
        weights = days if DESKS.get(kind) == POINT else working_days
        for number in range(len(followers) + 1, COUNTS[kind] + 1):
            made[kind].append(
                Request(
                    kind,
                    number,
                    pick(weights, kind, number, "day"),
                    list(PARTNERS)[pick(TRAFFIC, kind, number, "partner")],
                    draw(kind, number, "direction") < RECEIVED,
                )
            )
    return sorted((r for each in made.values() for r in each), key=lambda r: (r.at_m, r.name))


def _depth(kind: str) -> int:
    return 1 + _depth(FOLLOWS[kind][0]) if kind in FOLLOWS else 0


def _followers(kind: str, made: dict[str, list[Request]]) -> Iterator[Request]:
    if kind not in FOLLOWS:
        return
    parent_kind, least, most, at_most = FOLLOWS[kind]
    number = 0
    for parent in sorted(made[parent_kind], key=lambda r: draw(kind, "follows", r.name)):
        day = parent.day + between(least, most, kind, "gap", parent.name)
        if number == at_most or day >= DAYS or (kind == "preservation_extension" and _is_too_late(parent)):
            continue
        number += 1
        parent.children.append(kind)
        yield Request(kind, number, day, parent.partner, parent.received, parent)


def _is_too_late(parent: Request) -> bool:
    """An extension is asked for what nobody has followed up."""
    return "mla_stored_data" in parent.children


def make_cases() -> Iterator[str]:
    for state in (DESK, *PARTNERS):
        for number in range(1, (CASES_OF_DESK if state == DESK else CASES_OF_PARTNER) + 1):
            name = f"{state.lower()}-{number:02}"
            offence, _, years, title = OFFENCES[pick([o[1] for o in OFFENCES], "case", name)]
            if draw("case", name, "below") < BELOW_THRESHOLD:
                offence, years, title = BELOW
            yield (
                f'  - {{id: {name}, state: {state}, title: "{title}, file {name}", offences: [{offence}], '
                f'maximum_penalty_years: {years}, facts: "{title}; as the file {name} tells."}}'
            )


def request_line(request: Request) -> str:
    """Return one request of the scenario."""
    desk = DESKS.get(request.kind, CENTRAL)
    whom = desk
    if desk == CENTRAL and draw(request.name, "misdirected") < MISDIRECTED:
        whom = POLICE if draw(request.name, "to whom") < 0.5 else PROSECUTION
    if request.kind == "technical_assistance":
        desk = whom = CENTRAL
    parts = [
        f"id: {request.name}",
        f"when: +{request.at_m}m",
        f"who: {request.sender}/{desk}",
        f"whom: {request.receiver}/{whom}",
        f"type: {request.kind}",
    ]
    if request.kind not in ("information_exchange", "technical_assistance"):
        parts.append(f"case: {_case(request)}")
    if request.parent:
        parts.append(f"parent: {request.parent.name}")
    if draw(request.name, "incomplete") < INCOMPLETE and request.kind in LEFT_OUT:
        fields = LEFT_OUT[request.kind]
        parts.append(f"contents: {{{fields[int(draw(request.name, 'left out') * len(fields))]}: null}}")
    return f"  - {{{', '.join(parts)}}}"


def _case(request: Request) -> str:
    """A follow-up stays with the case of its parent."""
    while request.parent:
        request = request.parent
    number = between(1, CASES_OF_DESK if request.sender == DESK else CASES_OF_PARTNER, request.name, "case")
    return f"{request.sender.lower()}-{number:02}"


def make_states() -> Iterator[str]:
    for state in PARTNERS:
        yield f"  {state}: {{behaviour: typical}}"


HEAD = """\
# yaml-language-server: $schema=../scenario.schema.json
# Printed by script/make_national_desk_year.py: change that, print again, and never edit this by hand.
# The desk and its cases are invented. The other States lend their calendars and zones and nothing else: all
# behave alike, and how much passes between them and the desk says nothing of any State.
# Volume, direction, preservation and emergencies follow published figures; the script names each with its
# evidence level. Seasons, partners, types, errors and points are exercise rules.
# Article paragraphs from 40 on are recalled without the certified text: verify before quoting them.
scenario: national-desk-year
title: A year at the central authority
summary: >
  A year of work at the authorities of Arvania: 2,000 requests with 40 States, four received for each one made,
  with their seasons, holidays and zones. Some are incomplete, some reach the wrong desk, some have no basis in
  the Convention, and each preservation wants its follow-up before it lapses. Nobody can give each request all
  the care it deserves, so the desk decides what comes first. As if the Convention were in force between these
  States.
objectives:
  - Keep emergencies and preservations ahead of a queue that never ends
  - Ask early for what is missing, and send on what belongs to another desk
  - Follow up each preservation before it lapses, also in the weeks of the holidays
  - Answer enquiries on progress while the desk is full
  - Read the response times of a year, and say what a further officer would change
deadline_profile: training_default
start: 2027-01-04T08:00:00+07:00
length: {length}d
clock: {{rate: 86400}}

states:
  XA:
    name: Arvania
    calendar: VN
    seat: team
    officers:
      {{central_authority: 12, contact_point_24_7: 4, law_enforcement: 5, extradition_authority: 2,
       prosecution_or_court: 2, cert: 2}}
"""

STORY = """\
  # A drill at night, in the week of the lunar new year.
  - id: drill-at-night
    when: 2027-02-06T20:15:00Z
    who: PT/contact_point_24_7
    whom: XA/contact_point_24_7
    type: assistance_24_7
    case: pt-01
    contents:
      technical_question: This is a test of reachability. Please say when you read it and who is on duty.
      urgency: {level: urgent, reasons: A drill measures the way at night}
  - id: kept-for-chile
    when: 2027-03-18T21:40:00Z
    who: CL/contact_point_24_7
    whom: XA/contact_point_24_7
    type: preservation_expedited
    case: cl-01
    contents:
      data_description: Customer record and connections of 198.51.100.9 port 50122, 10 March 2027, 14:00 to 15:00 UTC
      identifiers: ["198.51.100.9 port 50122"]
      necessity: Connection records are kept for ten days
      intent_to_follow_up: true
  - id: without-a-purpose
    when: 2027-05-04T15:00:00Z
    who: AR/central_authority
    whom: XA/central_authority
    type: mla_documents
    case: ar-01
    contents: {documents_wanted: Account opening papers of account 7-7781, purpose: null}
  - id: to-the-wrong-desk
    when: 2027-06-16T07:30:00Z
    who: KE/central_authority
    whom: XA/prosecution_or_court
    type: mla_statement
    case: ke-01
    contents:
      person_to_hear: The accountant of a firm in Arvania, a witness
      hearing_mode: videoconference
  - id: kept-in-norway
    when: 2027-06-24T03:00:00Z
    who: XA/contact_point_24_7
    whom: "NO/contact_point_24_7"
    type: preservation_expedited
    case: xa-01
    contents:
      data_description: Mailbox record and log-ins of box-41, 1 to 20 June 2027 UTC
      identifiers: [box-41@mail.example]
      necessity: The provider empties closed boxes after a month
      intent_to_follow_up: true
  - id: evidence-from-norway
    when: {after_act: confirm_preservation, of: kept-in-norway, plus: 30d}
    who: XA/central_authority
    whom: "NO/central_authority"
    type: mla_stored_data
    parent: kept-in-norway
    case: xa-01
    contents:
      assistance_sought: Hand over the log-ins that were preserved
      data_category: [traffic_data]
      data_description: Log-ins of box-41, 1 to 20 June 2027 UTC
      identifiers: [box-41@mail.example]
"""

TAIL = """
injects:
  - id: first-day
    trigger: {at: +0m}
    to: [XA]
    title: The first morning
    body: >
      Twelve officers, eight requests on a working day, and each takes longer than the day has room for. What will
      you read first when you come in, and what may wait?
  - id: lunar-new-year
    trigger: {at: 2027-02-03T09:00:00Z}
    to: [XA]
    title: A week without a desk
    body: >
      From 4 to 10 February the offices are closed and the contact point is not. Which preservations reach day
      sixty in that week?
  - id: first-refusal
    trigger: {after_act: refuse, from: XA}
    to: [XA]
    title: The first refusal of the year
    body: A refusal has reasons (40(25)). Would the other State know from yours what it could do better?
  - id: too-polite
    trigger: {if_nothing_by: +45d, act: ask_for_information, from: XA}
    to: [XA]
    title: No questions at all
    body: >
      In six weeks your desk has asked nobody anything. Is everything complete, or is it waiting unread?
  - id: wave
    trigger: {at: 2027-05-10T02:00:00Z}
    to: [XA]
    title: A bad month
    body: >
      Payments are led astray in five States at once, and everybody writes in the same week. An officer is ill.
      Decide what is put off, and tell those who wait.
  - id: a-lapse
    trigger: {after_act: lapse}
    to: [XA]
    title: A preservation has lapsed
    body: >
      Sixty days are over and no request has come (42(8)). Who would have had to notice, here or there?
  - id: the-budget
    trigger: {at: 2027-08-16T02:00:00Z}
    to: [XA]
    title: One officer more
    body: >
      The ministry offers one officer, for one authority, from January. Which queue would you shorten, and by how
      much? Reports, not feelings, decide.
  - id: statistics
    trigger: {at: 2027-11-15T02:00:00Z}
    to: [XA]
    title: What may be published
    body: >
      A ministry wants response times by State for its web site. What would a small number tell about a single
      case?

milestones:
  - {id: drill-answered, when: {act: acknowledge, of: drill-at-night}}
  - {id: chile-preserved, when: {act: confirm_preservation, of: kept-for-chile}}
  - {id: norway-preserved, when: {act: confirm_preservation, of: kept-in-norway}}
  - {id: norway-answered, when: {act: transmit, of: evidence-from-norway}}
  - {id: first-extradition-decided, when: {act: accept, from: XA, type: extradition}}

expectations:
  - id: answer-the-drill
    seat: XA
    act: acknowledge
    request_type: assistance_24_7
    to: PT
    within: 1h
    of: {act: submit, of: drill-at-night}
    points: 15
    why: "41(1)"
    debrief: >
      Article 41(1) asks for a contact point that can be reached at all hours, holidays included. Good practice
      answers a drill as it would answer a case, within the hour (an exercise rule).
  - id: preserve-within-a-day
    seat: XA
    act: confirm_preservation
    request_type: preservation_expedited
    to: CL
    within: 24h
    of: {act: submit, of: kept-for-chile}
    points: 15
    why: "42(4)"
    debrief: >
      Article 42(4) wants data preserved expeditiously, and two days are left here. A good contact point serves
      preservation before everything but emergencies, and confirms with a reference and the day of expiry.
  - id: ask-early
    seat: XA
    act: ask_for_information
    request_type: mla_documents
    to: AR
    within: 14d
    of: {act: submit, of: without-a-purpose}
    points: 15
    why: "40(16)"
    debrief: >
      Article 40(16) lets the requested State ask for what it needs. A good desk looks for gaps when a request
      comes in, and not when its turn has come: the other side can work on the answer while the queue moves.
  - id: send-it-on
    seat: XA
    act: forward
    request_type: mla_statement
    to: KE
    within: 7d
    of: {act: submit, of: to-the-wrong-desk}
    points: 10
    why: "40(12)"
    debrief: >
      Article 40(12) has requests go through the central authorities. Who receives one by mistake does best to
      send it on and say so; returning it is correct too, and costs the other State a round.
  - id: follow-up-before-day-60
    seat: XA
    act: submit
    request_type: mla_stored_data
    to: "NO"
    without: [gap]
    within: 45d
    of: {act: confirm_preservation, of: kept-in-norway}
    points: 15
    why: "42(8)"
    debrief: >
      Article 42(8) keeps data for sixty days at least, and until the decision if the request comes in time. On a
      full desk only a calendar remembers; by day 45 (an exercise rule) the request should be out.
  - id: answer-an-enquiry
    seat: XA
    act: report_status
    to: US
    within: 7d
    of: {act: ask_status, from: US, to: XA}
    points: 10
    why: "40(26)"
    debrief: >
      Article 40(26) has the requested State answer reasonable enquiries on progress. A line within the week is
      enough, and it spares both sides the next letter.
  - id: say-what-norway-sent-led-to
    seat: XA
    act: give_feedback
    request_type: mla_stored_data
    to: "NO"
    within: 45d
    of: {act: transmit, of: evidence-from-norway}
    points: 20
    why: practice
    debrief: >
      Nothing in the Convention asks for it, and every practitioner does: the State that worked wants to know what
      its evidence was used for. A full desk forgets it first, and is answered later for it.

# What is to be decided on the way, and what practice says. Told after the end; no seat sees it before.
decisions:
  - id: where-officers-sit
    seat: XA
    question: Where do the officers sit?
    options:
      - At the central authority
      - At the contact point
      - At law enforcement
    practice: >
      A further officer at the central authority is one fewer elsewhere. Compare where requests waited in the
      response times (practice).
  - id: without-a-purpose
    seat: XA
    request: without-a-purpose
    question: A request states no purpose. When do you ask?
    options:
      - Now
      - "When its turn comes, behind two hundred others"
      - "Never: return it"
    practice: >
      Article 40(16) lets you ask. A question that is put on the first day costs the other side its time while
      your queue goes on.
  - id: to-the-wrong-desk
    seat: XA
    request: to-the-wrong-desk
    question: A request came to the wrong desk. What do you do?
    options:
      - Send it on
      - Send it back
    practice: >
      Requests go to the central authority (Article 40(12)). To send it on saves weeks; to return it with the
      right address is lawful and slower.
"""
TRUTHS = """\
# What is so in fact, request by request: for scores and for after-action. No seat sees it before the end.
truths:
  - {of: drill-at-night, aims: [advice]}
  - {type: information_exchange, aims: [policy]}
"""
STORY_REQUESTS = STORY.count("  - id: ")
TOTAL = 2000


def main() -> None:
    COUNTS["law_enforcement_inquiry"] -= STORY_REQUESTS
    requests = make_requests()
    assert len(requests) + STORY_REQUESTS == TOTAL, len(requests)
    out = [HEAD.format(length=DAYS + TAIL_DAYS).rstrip("\n"), *make_states(), "", "cases:", *make_cases()]
    out += ["", TRUTHS.rstrip("\n"), "", "requests:", STORY.rstrip("\n"), *map(request_line, requests)]
    sys.stdout.write("\n".join(out) + "\n" + TAIL)


if __name__ == "__main__":
    main()
