"""The poll: the one owner of the link to a gateway, what is read part by part, and how contact with it is."""
