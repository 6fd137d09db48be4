"""The poll: the one owner of the link to a gateway, what is read part by part and corrected, and how contact is."""
