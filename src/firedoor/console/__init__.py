"""The web console and its JSON API, over operations. Never on the data path."""
