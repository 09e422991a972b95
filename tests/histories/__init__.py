"""Random lives of calls for bids, and what must hold in every one of them."""
