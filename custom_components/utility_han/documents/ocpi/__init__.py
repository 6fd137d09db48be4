"""Charge detail records and tariffs of OCPI (Open Charge Point Interface)."""
