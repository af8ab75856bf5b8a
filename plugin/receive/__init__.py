"""HTTP in: handshake, proof, durable acceptance, answer."""
