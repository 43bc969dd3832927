"""A process that reads mail on a system whose kernel confines it so that it cannot work."""

from mailhook.reading import worker


def _too_tight(*, memory_mb: int, by_kernel: bool = True) -> tuple[str, ...]:
    if by_kernel:
        raise SystemExit("nothing works here")
    return (f"limits of {memory_mb} MB",)


if __name__ == "__main__":
    worker.confine = _too_tight  # type: ignore[attr-defined]  # this is how it is made so
    worker.main()
