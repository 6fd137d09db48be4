"""What is said to people outside of pages and entities: words, notifications, pictures, as who reads them writes."""
