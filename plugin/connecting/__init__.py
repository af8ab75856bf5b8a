"""A source and its vendor: what is entered here, and what is made at the vendor's side, or said to be made there."""
