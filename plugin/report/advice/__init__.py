"""What a digest advises: what was measured of the period goes in, at most three sentences come out, what is worth most first."""
