"""One module per language: TEXTS, LABELS, and words for facts, exclusions and what is counted; the same keys in each."""
