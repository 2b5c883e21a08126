"""Whose certificates a directory server may show, and what is said when it shows another. Reads the CA file."""

import ssl

from connectors.ldap.talking.wire import WireError

_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 62, 64
_UNKNOWN_AUTHORITY = (2, 18, 19, 20, 21)  # X509_V_ERR_… of OpenSSL's x509_vfy.h


class UntrustedError(WireError):
    """The certificate comes from an authority that is not trusted here: a CA file mends it."""


class Trust:
    """TLS that always checks the chain, the dates and the name: against ``ca_file``, else the system's authorities."""

    def __init__(self, ca_file: str | None) -> None:
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """Return the settings for one connection; raises `WireError` when the CA file is of no use."""
        if self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=self._ca_file)
            except ssl.SSLError:
                raise WireError(
                    f"ca_file {self._ca_file} holds no certificate in PEM form (certutil -encode ca.cer ca.pem makes one)"
                ) from None
            except OSError as error:
                raise WireError(f"ca_file {self._ca_file} cannot be read ({error.strerror})") from None
            except ValueError:
                raise WireError("ca_file is no path of a file") from None
        return self._context

    def explained(self, error: ssl.SSLError, host: str) -> WireError:
        """Say what is wrong with the server's TLS and what mends it."""
        if not isinstance(error, ssl.SSLCertVerificationError):
            return WireError(
                "it does not speak TLS as expected there: ldaps:// is for port 636, ldap:// begins with StartTLS on 389"
            )
        if error.verify_code == _EXPIRED:
            return WireError("its certificate has expired: give the server a new one")
        if error.verify_code == _NOT_YET:
            return WireError("its certificate is not valid yet: compare the clock here with the server's")
        if error.verify_code in (_WRONG_NAME, _WRONG_ADDRESS):
            return WireError(
                f"its certificate is for another name than {host}: use a name that the certificate holds,"
                " or give the server a certificate with this one among its subject alternative names"
            )
        if error.verify_code in _UNKNOWN_AUTHORITY:
            return UntrustedError(
                f"its certificate comes from an authority that is not trusted here: {self._way_to_trust()}"
            )
        return WireError(f"its certificate is not accepted ({error.verify_message})")

    def _way_to_trust(self) -> str:
        if self._ca_file:
            return "put the certificate of that authority into ca_file, the file that the settings name"
        return "set ca_file to a file with that authority's certificate"
