"""How Home Assistant speaks to the utility's AMI gateway: one protocol, a transport per package below."""
