"""Planning notices: what an agency intends to buy, and what the public thinks of the need."""
