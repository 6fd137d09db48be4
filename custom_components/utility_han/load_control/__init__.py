"""Load control on Home Assistant's side: carries out what ``procedures.load_control`` decides."""
