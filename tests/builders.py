"""What tests and benchmarks build: only what matters is said, the rest is filled in."""

from __future__ import annotations

import json
from typing import Any

KINDS = (
    ("preservation_expedited", "contact_point_24_7", "contact_point_24_7"),
    ("mla_stored_data", "central_authority", "central_authority"),
    ("law_enforcement_inquiry", "law_enforcement", "law_enforcement"),
    ("mla_documents", "central_authority", "central_authority"),
    ("emergency_data", "contact_point_24_7", "contact_point_24_7"),
    ("mla_statement", "central_authority", "central_authority"),
    ("spontaneous_information", "central_authority", "central_authority"),
)
CODES = ("VN", "SG", "DE", "FR", "BR", "IN", "JP", "GB", "US", "AU", "ZA", "KE", "EG", "TH", "ID", "PH")


def busy_scenario(name: str, *, requests: int, states: int = 8, days: int = 365, officers: int = 40) -> str:
    """Return a scenario in which simulated States file this many requests, evenly over the days."""
    codes = CODES[:states]
    planned = []
    for number in range(requests):
        kind, sender, receiver = KINDS[number % len(KINDS)]
        asks = codes[number % states]
        asked = codes[(number * 7 + 1 + number // states) % states]
        if asked == asks:
            asked = codes[(codes.index(asks) + 1) % states]
        planned.append(
            {
                "id": f"r{number}",
                "when": f"+{number * days * 24 * 60 // (requests + 1)}m",
                "who": f"{asks}/{sender}",
                "whom": f"{asked}/{receiver}",
                "type": kind,
                "case": f"case-{asks.lower()}",
                "contents": {},
            }
        )
    scenario: dict[str, Any] = {
        "scenario": name,
        "title": "A busy year",
        "start": "2027-01-04T00:00:00+00:00",
        "length": f"{days * 2}d",
        "states": {
            code: {
                "behaviour": "typical",
                "officers": {"central_authority": officers, "law_enforcement": officers},
            }
            for code in codes
        },
        "cases": [
            {
                "id": f"case-{code.lower()}",
                "state": code,
                "title": "Ransomware at a port",
                "offences": ["system_interference"],
                "facts": "The systems of a port were encrypted.",
            }
            for code in codes
        ],
        "requests": planned,
    }
    return json.dumps(scenario)
