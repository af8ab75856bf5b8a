"""The release's number, for what runs from a checkout as well as from an installed package."""

VERSION = "0.1.0"
