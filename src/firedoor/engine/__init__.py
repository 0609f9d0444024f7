"""Runs an exchange: carries out the commands of the core through ports. Decides nothing."""
