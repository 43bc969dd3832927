"""Points at which a test may end the process, to prove that no step can be interrupted into a second draft.

`MAILHOOK_CRASH_AT=n` ends it at once at step n, as a power cut would; `n:kill` and `n:term` send it SIGKILL or SIGTERM.
For tests only; without the variable nothing happens.

====  ==========================================================================
step  has just happened, or is about to
====  ==========================================================================
1     a rejection is about to be planned
2     the draft's identity is in the ledger
3     the Drafts mailbox was marked and looked through
4     `writing` is in the ledger; the store is about to be asked
5     the store has answered
6     the answer is in the ledger
7     everything was handled; the cursor is about to move
8     the cursor has moved
====  ==========================================================================
"""

import os
import signal

_VARIABLE = "MAILHOOK_CRASH_AT"
_EXIT_STATUS = 137


def crash_point(step: int) -> None:
    """End the process here if a test asked for it."""
    wanted, _, how = os.environ.get(_VARIABLE, "").partition(":")
    if wanted != str(step):
        return
    if how == "term":
        os.kill(os.getpid(), signal.SIGTERM)
    elif how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        os._exit(_EXIT_STATUS)
