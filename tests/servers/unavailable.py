"""Say in one line which servers the long suites cannot talk to on this machine, and why: `python -m tests.servers.unavailable`."""

from tests.servers import courier, cyrus, pymap

if __name__ == "__main__":
    why = [each for each in (cyrus.missing(), courier.missing(), pymap.missing()) if each is not None]
    if why:
        print(  # noqa: T201  (this is what it is for)
            f"NOT RUN: the connector contract on {len(why)} of 3 other servers: {'. '.join(why)}"
        )
