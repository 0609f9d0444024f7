"""The command line: one file per command group, thin. Does nothing that operations or app do not."""
