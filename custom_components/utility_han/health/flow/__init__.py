"""The dialogs of health: a coverage survey, and the repair of what is not well."""
