"""A digest that looks for weak points: what was measured and used over the last periods goes in, a message comes out."""
