"""The gateway's Zigbee Smart Energy side: its own network, and the radios that clients reach it by."""
