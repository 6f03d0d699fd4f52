"""The demonstration: play one exercise without waiting, and say where its report lies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "var" / "demo"


def main() -> int:
    print("playing hospital-ransomware, every State simulated", file=sys.stderr, flush=True)
    play = ["run_exercise", "hospital-ransomware", "--seed", "7", "--report", REPORT, *sys.argv[1:]]
    code = subprocess.call([sys.executable, ROOT / "manage.py", *play])
    if code == 0:
        print(f"the report: open {REPORT / 'report.html'} in a browser", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
