"""Directories that speak LDAP, Active Directory and OpenLDAP before all, as a connector."""
