"""From an operation to requests: what each verb writes, and sending, taking back and settling it."""
