"""The process that reads mail: it is told once whose mail it is, gives up everything else it could do, and answers questions until the pipe ends.

Started by `apart`; never by hand. A message that is too much for it ends it, by whatever means: the other side sees the pipe end and
draws its conclusions.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

from mailhook.mail.message import Me
from mailhook.reading.confine import confine
from mailhook.reading.here import Mail, ReadsHere
from mailhook.reading.wire import (
    GLANCE,
    IDENTIFY,
    SCREEN,
    Limits,
    Question,
    Ready,
    Start,
    encode,
    frame,
    read_question,
)
from mailhook.verdict.judge import Judge
from mailhook.verdict.settings import Phrase

# Goes the whole way, before it is confined and after: what is loaded at first use is there then, and what does not work shows at the start.
WARM_UP = Mail(
    raw=b"""From: Jane Roe <jane.roe@acme.example>\r
To: you@example.org\r
Subject: =?utf-8?q?Your_application?=\r
Message-ID: <warm-up@acme.example>\r
Date: 2 Mar 26 09:12 GMT\r
Content-Type: text/html; charset*=utf-8''utf-8\r
\r
<p>Thank you for the interview.</p><p>Unfortunately we have decided to move forward with another candidate.</p>\r
"""
)


def main(answer: Callable[[Question, ReadsHere], bytes] | None = None) -> None:
    """Answer questions until there are no more; tests have their own way to answer."""
    questions, answers = _pipes()
    start = _start(questions)
    reading = ReadsHere(judge=Judge(start.phrases), me=start.me)
    took = _warm_up(reading)
    protection = confine(memory_mb=start.limits.memory_mb, by_kernel=start.confined)
    _warm_up(reading)
    _say(answers, encode(Ready(protection=protection)))
    while (question := read_question(questions)) is not None:
        _say(
            answers, _in_time(question, reading, max(start.limits.cpu_seconds, 2 * took), answer or answer_to)
        )


def _in_time(
    question: Question, reading: ReadsHere, seconds: float, answer: Callable[[Question, ReadsHere], bytes]
) -> bytes:
    """Answer within the processor time that the messages may take; beyond it the system ends this process."""
    more = len(question.mails) - 1
    signal.setitimer(signal.ITIMER_PROF, seconds * (1 + more / 10))
    said = answer(question, reading)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return said


def answer_to(question: Question, reading: ReadsHere) -> bytes:
    """Answer one question."""
    mail, *conversation = question.mails
    if question.kind in (IDENTIFY, SCREEN):
        return encode(reading.screen_one(mail, whole=question.kind == SCREEN))
    if question.kind == GLANCE:
        return encode(reading.glance(mail))
    return encode(reading.study(mail, conversation))


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the two pipes; what anything prints goes nowhere."""
    questions = os.fdopen(os.dup(0), "rb", buffering=1 << 20)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return questions, answers


def _start(questions: BinaryIO) -> Start:
    first = read_question(questions)
    if first is None:
        sys.exit(0)
    told = json.loads(first.mails[0].raw)
    return Start(
        me=Me(name=told["me"]["name"], addresses=tuple(told["me"]["addresses"])),
        phrases=tuple(Phrase(**each) for each in told["phrases"]),
        limits=Limits(**told["limits"]),
        confined=told["confined"],
    )


def _warm_up(reading: ReadsHere) -> float:
    """Read a message of our own; return the processor time it took, by which a slow machine is known."""
    started = time.process_time()
    if not reading.screen_one(WARM_UP).message_id or not reading.study(WARM_UP).message.text:
        sys.exit("the message that is read to begin with was not understood")
    return time.process_time() - started


def _say(answers: BinaryIO, answer: bytes) -> None:
    left = memoryview(frame(answer))
    while left:
        left = left[answers.write(left) or 0 :]


if __name__ == "__main__":
    main()
