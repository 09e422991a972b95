"""Judging: a panel whose members declared no interest, by the published criteria."""
