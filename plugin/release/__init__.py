"""The manifest held against what the code knows, and the pages of documentation that are made from both."""
