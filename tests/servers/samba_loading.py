"""Fill a Samba database that no server uses. Run by the system's Python, which has Samba's modules.

``samba_loading.py CONFIGURATION DATABASE`` reads one JSON object: ``ldif``, records to add and (``changetype: modify``) to
change, all in one transaction, as the system itself may, so that ids, times and locks can be given (a password only
when adding, pwdLastSet only when changing); ``rights``, a list of
[account, SDDL of ACEs with ``{sid}`` for the account, DN of the object they are put on].
"""

import json
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

_AS_PROVISIONING = ["relax:0"]
_NOT_A_PASSWORD = (
    "local_oid:1.3.6.1.4.1.7165.4.3.12:0"  # DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID: pwdLastSet is taken as given
)


def main():
    configuration, database = sys.argv[1:]
    wanted = json.load(sys.stdin)
    parameters = LoadParm()
    parameters.load(configuration)
    samdb = SamDB(url=database, session_info=system_session(), lp=parameters, options=["batch_mode:1"])
    samdb.transaction_start()
    for kind, message in samdb.parse_ldif(wanted["ldif"]):
        try:
            if kind == ldb.CHANGETYPE_MODIFY:
                samdb.modify(message, [*_AS_PROVISIONING, _NOT_A_PASSWORD])
            else:
                samdb.add(message, _AS_PROVISIONING)
        except ldb.LdbError as error:
            sys.exit(f"{message.dn}: {error.args[1]}")
    samdb.transaction_commit()
    descriptors = SDUtils(samdb)
    for account, sddl, dn in wanted["rights"]:
        sid = samdb.search(account, ldb.SCOPE_BASE, attrs=["objectSid"])[0]["objectSid"][0]
        descriptors.dacl_add_ace(dn, sddl.replace("{sid}", str(ndr_unpack(security.dom_sid, sid))))


if __name__ == "__main__":
    main()
