"""Make the project's virtual environment where it is missing or stale, then run the demo or the tests in it.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LISTS = {"demo": "requirements.txt", "test": "requirements-dev.txt"}
PREVIOUS_LINES_SHOWN = 15


def main() -> None:
    job, *arguments = sys.argv[1:]
    try:
        prepare(LISTS[job])
    except KeyboardInterrupt:
        sys.exit("stopped")
    sys.stdout.flush()
    # In place of this process: waiting for it, a Ctrl-C would kill it before it has stopped what it started.
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "script" / f"{job}.py"), *arguments])


def prepare(requirements: str) -> None:
    """Install the pinned packages, unless the stamp says that they are there."""
    stamp = VENV / f"stamp-{requirements}"
    wanted = fingerprint(requirements)
    if stamp.exists() and stamp.read_text() == wanted and fits():
        return
    if not fits():
        say("making a virtual environment in .venv")
        venv.EnvBuilder(clear=True, with_pip=importlib.util.find_spec("ensurepip") is not None).create(VENV)
    stamp.unlink(missing_ok=True)
    install(requirements)
    stamp.write_text(wanted)


def fingerprint(requirements: str) -> str:
    lists = b"".join((ROOT / name).read_bytes() for name in sorted({requirements, "requirements.txt"}))
    return hashlib.sha256(lists + sys.version.encode()).hexdigest()


def fits() -> bool:
    """Return whether the environment's Python runs and is this one."""
    try:
        answer = subprocess.run(
            [PYTHON, "-c", "import sys; print(sys.version)"], capture_output=True, text=True
        )
    except OSError:
        return False
    return answer.stdout.strip() == sys.version.strip()


def install(requirements: str) -> None:
    say(f"installing the packages of {requirements} (once; a minute or two)")
    command = [*pip(), "install", "--prefer-binary", "--progress-bar", "off", "--disable-pip-version-check"]
    log = VENV / "pip.log"
    with subprocess.Popen(
        [*command, "--no-input", "-r", ROOT / requirements],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        lines: list[str] = []
        assert process.stdout is not None
        reader = threading.Thread(target=lines.extend, args=(process.stdout,))
        reader.start()
        show_progress(reader, lines)
    log.write_text("".join(lines))
    if process.returncode != 0:
        say("the packages could not be installed; the last lines of pip, all in .venv/pip.log:")
        sys.exit("".join(lines[-PREVIOUS_LINES_SHOWN:]))


def show_progress(reader: threading.Thread, lines: list[str]) -> None:
    """Show how many packages have come, and for how long, until pip has ended."""
    on_terminal = sys.stderr.isatty()
    began_s = time.monotonic()
    while reader.is_alive():
        reader.join(timeout=0.5 if on_terminal else 10)
        if any(line.startswith("Installing collected packages") for line in lines):
            doing = "unpacking"
        else:
            doing = f"{sum(line.startswith('Collecting ') for line in lines)} packages found"
        elapsed_s = time.monotonic() - began_s
        if on_terminal:
            print(f"\r  {doing}, {elapsed_s:.0f} s\033[K", end="", file=sys.stderr, flush=True)
        else:
            say(f"  {doing}, {elapsed_s:.0f} s")
    if on_terminal:
        print(file=sys.stderr)


def pip() -> list[str]:
    """Return the pip to use: the environment's, or this Python's where the system ships no ensurepip."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [str(PYTHON), "-m", "pip"]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    sys.exit("this Python has neither ensurepip nor pip; on Debian and Ubuntu: sudo apt install python3-venv")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
