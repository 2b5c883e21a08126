"""Caller verification as a step: state on the server, bound to agent, target and submission, used once."""
