"""Command line: a skin over the library, one file per command."""
