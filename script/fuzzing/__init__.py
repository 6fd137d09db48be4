"""Fuzzing: odd input for everything that reads what others say, by hypothesis; see ``script/fuzz``."""
