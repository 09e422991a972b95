"""What happens in one procurement. The folders are the life of a tender, in this order:

planning      an agency says what it intends to buy, and asks the public about the need
tenders       the call: drafted, approved, published
amendments    changes of a published call, before beside after
enquiries     questions in the window, answered to everyone at once
bids          sealed offers, opened when the deadline has passed
evaluation    a panel without conflicts of interest scores by the published criteria
awards        the decision, with its reasons
under them: rulebook, and obligations, the dated duties that follow from it; keycards, who opens
beside them: rules and lifecycle (pure), documents, publication (the public log), ocds, clock, pulse
above them: notifications (letters), watches (who follows what), post (how all that leaves went)
apart from all: the time gate, a package and a process of its own (gate/)
"""
