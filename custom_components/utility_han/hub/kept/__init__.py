"""What must outlive a restart: private files with versions, and what is said where one cannot be read or written."""
