"""Prices, whoever tells them: as they are kept, shown, said, and told to automations."""
