"""Key cards: the paper keys of those who open bids, and the sets they are in."""
