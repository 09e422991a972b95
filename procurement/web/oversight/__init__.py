"""Pages for the province's rule editors: changes of the book, years of the calendar."""
