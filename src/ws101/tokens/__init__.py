"""Tokens as they travel in a handshake: where they are, what they say, and what a verifier would say of them."""
