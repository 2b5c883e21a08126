"""How the OpenLDAP server of the tests is set up: modules, TLS, rights, overlays, and the entries it begins with."""

from pathlib import Path

from tests.servers.certificates import Certificate

_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload memberof
moduleload refint
moduleload unique
moduleload sssvlv
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
threads 4
sizelimit {sizelimit}
password-hash {{SSHA}}
TLSCACertificateFile {authority}
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
TLSVerifyClient never

database mdb
suffix "{suffix}"
rootdn "cn=admin,{suffix}"
rootpw {password}
directory {folder}/db
maxsize 4294967296
{sync}
index objectClass eq
index entryUUID,entryCSN eq
index uid,mail eq,sub
index cn,sn,givenName,displayName,ou eq,sub
index employeeNumber eq,sub
index telephoneNumber,departmentNumber eq
index member,memberOf,manager,owner eq
limits dn.exact="cn=svc,{suffix}" size=unlimited time=unlimited size.prtotal=unlimited
limits dn.exact="cn=reader,{suffix}" size={sizelimit} size.prtotal={sizelimit}

access to attrs=userPassword
    by dn.exact="cn=svc,{suffix}" write
    by self =xw
    by anonymous auth
    by * none
access to attrs=pwdHistory
    by * none
access to attrs=pwdReset,pwdAccountLockedTime,pwdFailureTime,pwdChangedTime,pwdStartTime,pwdEndTime
    by dn.exact="cn=svc,{suffix}" write
    by dn.exact="cn=reader,{suffix}" read
    by * none
access to dn.exact="cn=policy,{suffix}"
    by dn.exact="cn=svc,{suffix}" read
    by dn.exact="cn=reader,{suffix}" read
    by * none
access to *
    by dn.exact="cn=svc,{suffix}" write
    by dn.exact="cn=reader,{suffix}" read
    by self read
    by * none

overlay sssvlv
overlay unique
unique_uri "ldap:///{suffix}?uid?sub?(objectClass=inetOrgPerson)"
overlay refint
refint_attributes member manager owner
refint_nothing "cn=nobody,{suffix}"
overlay memberof
memberof-refint TRUE
memberof-group-oc groupOfNames
memberof-member-ad member
memberof-memberof-ad memberOf
overlay ppolicy
ppolicy_default "cn=policy,{suffix}"
ppolicy_use_lockout
ppolicy_hash_cleartext
"""

_BASE = """
dn: {suffix}
objectClass: dcObject
objectClass: organization
dc: {dc}
o: Example

dn: cn=nobody,{suffix}
objectClass: organizationalRole
cn: nobody

dn: cn=svc,{suffix}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: svc
userPassword: {password}

dn: cn=reader,{suffix}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: reader
userPassword: {password}

dn: cn=policy,{suffix}
objectClass: organizationalRole
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 3
pwdLockoutDuration: 0
pwdFailureCountInterval: 0
pwdMinLength: 8
pwdInHistory: 3
pwdCheckQuality: 1
pwdMustChange: TRUE
pwdAllowUserChange: TRUE
pwdSafeModify: FALSE
pwdMaxAge: {seconds}

"""


def write_configuration(
    folder: Path,
    certificate: Certificate,
    suffix: str,
    password: str,
    sizelimit: int | str = "unlimited",
    *,
    durable: bool = False,
) -> None:
    """Write ``slapd.conf`` into a folder whose ``db`` holds the database; ``password`` is that of the root DN.

    A server that is not ``durable`` answers before a write is on the disk.
    """
    text = _CONFIGURATION.format(
        folder=folder,
        suffix=suffix,
        password=password,
        sizelimit=sizelimit,
        authority=certificate.authority,
        certificate=certificate.file,
        key=certificate.key,
        sync="" if durable else "dbnosync",
    )
    (folder / "slapd.conf").write_text(text)


def base_ldif(suffix: str, password: str, password_days: int) -> str:
    """Return the top entry, the placeholder of empty groups, the two accounts and the password policy."""
    first = suffix.split(",")[0].partition("=")[2]
    return _BASE.format(suffix=suffix, dc=first, password=password, seconds=password_days * 86_400)
