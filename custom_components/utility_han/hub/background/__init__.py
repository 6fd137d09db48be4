"""What goes on in the background: rounds, what prompts them, who is told, and what is sent until it is taken."""
