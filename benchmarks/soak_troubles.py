"""What goes wrong during a soak, and when: planned beforehand, so that every trouble has its moment however long the others take."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.soak_accounts import BadDay, SoakAccount, comes_true
from benchmarks.soak_record import Size
from benchmarks.soak_report import WARM
from benchmarks.soak_service import Service

# The service is killed in the first part; then one life lasts to the end, so that its memory can be judged after a warm-up.
_LAST_LIFE, _LAST_TROUBLE = 0.3, 0.9
_MOST_KILLS, _SECONDS_FOR_A_KILL = 6, 15.0
_LONGEST = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A bad day, the moment of the run (0 to 1) that it is for, and the accounts that it befalls."""

    when: float
    name: str
    accounts: Sequence[str]
    happens: Callable[[float], bool]


def plan(
    accounts: Mapping[str, SoakAccount],
    service: Service,
    size: Size,
    reject: Callable[[str], None],
    chance: random.Random,
) -> list[list[Appointment]]:
    """Return what happens one after the other, beside other such rows: one for the service, one for each account.

    `reject` lets a rejection arrive in an account, for what can only break while a draft is made.
    """
    everyone = tuple(accounts)
    rows = [_to_the_service(service, everyone, size, reject, chance)]
    for name, account in accounts.items():
        days = account.bad_days(lambda name=name: reject(name))  # type: ignore[misc]  # bound now, not at the end of the loop
        step = (_LAST_TROUBLE - WARM) / max(len(days), 1)
        rows.append(
            [
                Appointment(
                    when=WARM + step * number,
                    name=f"{name}: {day.name}",
                    accounts=(name,),
                    happens=day.happens,
                )
                for number, day in enumerate(days)
            ]
        )
    return rows


def hold(size: Size) -> float:
    """Return how many seconds something stays broken."""
    return min(_LONGEST, size.seconds / 60)


def _to_the_service(
    service: Service,
    everyone: tuple[str, ...],
    size: Size,
    reject: Callable[[str], None],
    chance: random.Random,
) -> list[Appointment]:
    def kill(_seconds: float) -> bool:
        """In the middle of its work: a moment after a rejection has arrived. On a busy machine it may not have come to work yet."""
        was_up = comes_true(lambda: service.is_up(everyone))
        reject(chance.choice(everyone))
        time.sleep(chance.uniform(0.0, 0.4))
        service.kill()
        service.start()
        return was_up

    def restart(_seconds: float) -> bool:
        was_up = comes_true(lambda: service.is_up(everyone))  # before it hears signals, one ends it at once
        reject(chance.choice(everyone))
        service.stop()
        service.start()
        return was_up

    days = [BadDay(name="service killed", happens=kill)] * max(
        1, min(_MOST_KILLS, int(size.seconds * _LAST_LIFE / _SECONDS_FOR_A_KILL))
    )
    days.append(BadDay(name="service asked to stop, started again", happens=restart))
    moments = [_LAST_LIFE * (number + 0.5) / len(days) for number in range(len(days))]
    # Between two troubles of the accounts, and beside them.
    full = BadDay(name="disk full", happens=lambda seconds: service.fill_the_disk(2 * seconds))
    return [
        Appointment(when=when, name=day.name, accounts=everyone, happens=day.happens)
        for when, day in zip([*moments, (WARM + _LAST_TROUBLE) / 2], [*days, full], strict=True)
    ]
