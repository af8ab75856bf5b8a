"""What a release knows and every installation shares: `manifest.json`, read and checked; values and secrets never."""
