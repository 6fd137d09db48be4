"""What the integration costs, measured against the running simulator; see ``script/benchmark``."""
