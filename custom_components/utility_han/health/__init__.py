"""Health of a hub's gateway, devices and vehicles: noticed, told, diagnosed and repaired."""
