"""All gateways there are, each with its Zigbee network, and what is done to them."""
