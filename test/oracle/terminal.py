"""Sits at a pseudo-terminal: waits for each text, types what follows it, and prints all it saw with the exit code.

Standard input is JSON: {"argv": [...], "cwd": "...", "env": {...}, "steps": [["wait for", "type"], ...]}.
"""

import json
import os
import pty
import select
import sys
import time

SECONDS = 30

ask = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.chdir(ask["cwd"])
    os.execvpe(ask["argv"][0], ask["argv"], ask["env"])

seen = ""
missed = None


def read(until):
    """Reads until the text has come, or with None until the other side has gone."""
    global seen
    start, end = len(seen), time.monotonic() + SECONDS
    while until is None or until not in seen[start:]:
        if time.monotonic() > end:
            return False
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            return until is None
        seen += chunk.decode("utf-8", "replace")
    return True


for wait, keys in ask["steps"]:
    if not read(wait):
        missed = wait
        break
    os.write(terminal, keys.encode())
if missed is None and not read(None):
    missed = "the end"
if missed is not None:
    os.kill(child, 9)
_, status = os.waitpid(child, 0)
print(json.dumps({"seen": seen, "code": os.waitstatus_to_exitcode(status), "missed": missed}))
