"""The JSON API under `/api/v1`: how it is asked and what it describes. Handlers are elsewhere."""
