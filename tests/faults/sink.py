"""A mail server in a process of its own that keeps what it accepted: one JSON line a mail.

    python -m tests.faults.sink PORT FILE MOOD

It keeps the time, the recipient, the Message-ID, the marks in the text, and the process that sent it. ``MOOD`` is a
file that says how it answers: ``slow:0.5`` (seconds before the 250) or ``refuse`` (451 to every mail); none is at once.
"""

import asyncio
import json
import re
import sys
import time
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MARK = re.compile(r"zq\d{6}q")


def sender_of(port: int) -> int:
    """The process at the other end of a connection from this machine; 0 where it is gone already."""
    inode = ""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == port and fields[9] != "0":
            inode = f"socket:[{fields[9]}]"
    for process in Path("/proc").glob("[0-9]*") if inode else ():
        try:
            if any(str(fd.readlink()) == inode for fd in (process / "fd").iterdir()):
                return int(process.name)
        except OSError:
            continue
    return 0


class Keeper:
    def __init__(self, kept: Path, mood: Path) -> None:
        self.kept, self.mood = kept.open("a", buffering=1), mood

    async def handle_EHLO(self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses):  # noqa: N802 - its name there
        session.host_name = hostname
        session.sender = sender_of(session.peer[1])
        return responses

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        mood = self.mood.read_text().strip() if self.mood.exists() else ""
        if mood == "refuse":
            return "451 come back later"
        if mood.startswith("slow:"):
            await asyncio.sleep(float(mood.removeprefix("slow:")))
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(preferencelist=("plain",))
        text = body.get_content() if body is not None else ""
        line = {
            "at": time.time(),
            "to": sorted(envelope.rcpt_tos),
            "id": str(message["Message-ID"]),
            "marks": sorted(set(MARK.findall(f"{message['Subject']} {text}"))),
            "sender": session.sender,
        }
        self.kept.write(json.dumps(line) + "\n")
        return "250 kept"


if __name__ == "__main__":
    port, kept, mood = sys.argv[1:]
    Controller(Keeper(Path(kept), Path(mood)), hostname="127.0.0.1", port=int(port)).start()
    while True:
        time.sleep(3600)
