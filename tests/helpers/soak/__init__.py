"""A home that lives for months in minutes: its clock, its doubles, what befalls it, what must hold all the same."""
