"""How the Samba domain controller of the tests is set up: its smb.conf and its policy."""

from pathlib import Path

from tests.servers.certificates import Certificate

_MINUTE = -600_000_000  # in Active Directory's units of 100 ns; spans are negative
_DAY = 24 * 60 * _MINUTE

_CONFIGURATION = """
[global]
  netbios name = DC1
  realm = {realm}
  workgroup = {workgroup}
  server role = active directory domain controller
  server services = ldap
  interfaces = {address}/8
  bind interfaces only = yes
  private dir = {folder}/private
  state directory = {folder}/state
  lock directory = {folder}
  cache directory = {folder}/cache
  pid directory = {folder}/run
  ncalrpc dir = {folder}/ncalrpc
  winbindd socket directory = {folder}/winbindd
  ntp signd socket directory = {folder}/ntp
  ldap server require strong auth = yes
  tls enabled = yes
  tls cafile = {authority}
  tls certfile = {certificate}
  tls keyfile = {key}
  log level = 1
  logging = file
  log file = {folder}/log.samba
"""

_POLICY = """
dn: {suffix}
changetype: modify
replace: minPwdAge
minPwdAge: 0
-
replace: maxPwdAge
maxPwdAge: {age}
-
replace: lockoutThreshold
lockoutThreshold: 3
-
replace: lockoutDuration
lockoutDuration: {lockout}
-
replace: lockOutObservationWindow
lockOutObservationWindow: {window}

"""


def suffix_of(domain: str) -> str:
    """Return ``DC=example,DC=test`` for ``example.test``."""
    return ",".join(f"DC={label}" for label in domain.split("."))


def workgroup(domain: str) -> str:
    return domain.split(".")[0].upper()


def write_configuration(folder: Path, certificate: Certificate, domain: str, address: str) -> None:
    """Write ``smb.conf`` into the folder of a domain; nothing else in it says where it is."""
    text = _CONFIGURATION.format(
        folder=folder,
        address=address,
        realm=domain.upper(),
        workgroup=workgroup(domain),
        authority=certificate.authority,
        certificate=certificate.file,
        key=certificate.key,
    )
    (folder / "smb.conf").write_text(text)


def policy_ldif(domain: str, password_days: int) -> str:
    """Return the change that sets the policy of passwords and locks."""
    spans = {"age": password_days * _DAY, "lockout": 30 * _DAY, "window": 30 * _MINUTE}
    return _POLICY.format(suffix=suffix_of(domain), **spans)
