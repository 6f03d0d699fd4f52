"""The demonstration: the running application, on this machine alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"

if __name__ == "__main__":
    # In place of this process: a signal meant for the demonstration reaches it, and nothing stands between.
    os.execv(sys.executable, [sys.executable, str(MANAGE), "demo", *sys.argv[1:]])
