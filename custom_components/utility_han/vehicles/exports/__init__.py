"""What was charged, as others read it: documents, lists and files, and those of elsewhere read in."""
