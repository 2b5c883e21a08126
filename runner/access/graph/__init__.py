"""The attack graph: who can reach what through Deskhand, its ways to grow, and the shortest paths. Pure."""
