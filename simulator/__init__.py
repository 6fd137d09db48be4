"""A utility's IEEE 2030.5 AMI gateways, with the households behind them, for tests and demonstrations."""
