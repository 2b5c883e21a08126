"""Records, the chain that seals them, the verifier, exports. Pure: storing them is `runner.store`'s work."""
