"""The pages of a hub: found, commissioned, changed; its fix flows, and what the dialogs of all rooms share."""
