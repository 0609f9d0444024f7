"""Firedoor: a layer-7 gateway for the Model Context Protocol. Start reading at core/exchange.py."""
