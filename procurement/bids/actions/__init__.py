"""What may be done with bids: prepare, submit, replace, withdraw; close, and open.

The only place that seals and opens. `preparing` keeps what is being written, `submitting` seals
and gives receipts, `revising` brings a sealed bid back to its bidder, `closing` publishes the
register at the deadline, `awaiting` waits for promised files, `opening` opens, `rereading` reads
opened envelopes again for an audit.
"""

from procurement.bids.actions.awaiting import end_delivery, extend_delivery, state_gate
from procurement.bids.actions.closing import close, publish_receipts
from procurement.bids.actions.entering import NotEligible, Unfinished, held
from procurement.bids.actions.opening import contribute, open_all, read_own
from procurement.bids.actions.preparing import attach, detach, draft_files, prepare, read_draft
from procurement.bids.actions.rereading import altered
from procurement.bids.actions.revising import bring_back
from procurement.bids.actions.submitting import (
    NotTaken,
    deliver,
    promise,
    submit,
    submit_sealed,
    withdraw,
)

__all__ = [
    "NotEligible",
    "NotTaken",
    "Unfinished",
    "altered",
    "attach",
    "bring_back",
    "close",
    "contribute",
    "deliver",
    "detach",
    "draft_files",
    "end_delivery",
    "extend_delivery",
    "held",
    "open_all",
    "prepare",
    "promise",
    "publish_receipts",
    "read_draft",
    "read_own",
    "state_gate",
    "submit",
    "submit_sealed",
    "withdraw",
]
