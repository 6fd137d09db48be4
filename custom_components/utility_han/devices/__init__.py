"""HAN devices behind the gateway: registered with the utility, kept, shown."""
