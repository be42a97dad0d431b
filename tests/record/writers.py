"""What other processes do in the tests: they write until they are done or killed."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection

from admission.record import NewDocument, NewEntry, open_store
from tests.record.small import NOON

BATCH = 3


def write(url: str, name: str, batches: int, pause: float, answers: Connection) -> None:
    """Append batches of entries and a document; every one that was acknowledged is told."""
    with open_store(url) as store:
        answers.send("ready")
        for number in range(batches):
            subject = f"{name}-{number}"
            document = NewDocument(f"{subject} ".encode() * 20, "text/plain")
            with store.writing() as writer:
                (sha256,) = writer.put_all([document], actor=name, at=NOON)
                new = [NewEntry("access", subject, {"part": part, "documents": {"d": sha256}}) for part in range(BATCH)]
                last = writer.append(new, actor=name, at=NOON)[-1]
            time.sleep(pause)
            answers.send((subject, last.seq, last.sha256))
    answers.send("done")
