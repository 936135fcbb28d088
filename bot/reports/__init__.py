"""The figures: counted from the records in a process of their own, written, drawn, and reported."""
