"""The pages in each language; English has every text."""
