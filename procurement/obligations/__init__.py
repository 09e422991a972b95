"""Duties with dates that follow from rules: met, or missed on the public record."""
