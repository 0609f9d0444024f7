"""Proof to principal: who calls, on whose authority. Never looks anything up itself."""
