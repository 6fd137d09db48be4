"""A demo home: the simulator and a real Home Assistant, for people, checks and browser tests."""
