"""Talking to directory servers: octets, connections, TLS, sessions. Only the session knows ldap3."""
