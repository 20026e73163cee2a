"""The hub's own certificate authority: one that can vouch for this hub alone, and the certificate of its page.

The authority is made once and is what a family puts on its phones; its key never leaves the hub. It may only sign names
of this hub in the house (RFC 5280, 4.2.1.10): stolen, it opens no other site. The page's certificate is renewed by
itself. A hub without a battery clock starts at a wrong time: then the certificate that is there stays, and one that has
to be made is made anew as soon as the clock is right.
"""

import datetime as dt
import ipaddress
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import StorageError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

FOLDER = "page-certificate"
AUTHORITY, AUTHORITY_KEY = "authority.crt", "authority.key"
PAGE = "page.pem"
"""Certificate and key of the page in one file, which is replaced as a whole: never one without the other."""

DAY = dt.timedelta(days=1)
BEGINS = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
"""Every authority is valid from then on: whatever the clock said when it was made, it is not "not yet valid"."""
AUTHORITY_DAYS = 3650
PAGE_DAYS = 397
"""iOS takes no more than 825 days of a certificate (Apple, 103769); a year spares a hub that is off for long."""
BACK = 2 * DAY
"""A phone's clock may be behind by so much."""
RENEW = 130 * DAY
"""So long before its end the page's certificate is made anew."""
FORETOLD_S = 90 * 86_400.0
"""So long before the authority's end the family is told: every phone needs the new one."""
LATE_S = 30 * 86_400.0
"""A page's certificate that is nearer to its end could not be renewed."""

# What has an address in a house, or in a network that a family spans itself (RFC 1918, 3927, 4193, 4291, 6598).
NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)


@dataclass(frozen=True, slots=True)
class Names:
    """Under which the page is reached: host names with small letters, and addresses."""

    hosts: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """authority_ends_s, page_ends_s: wall seconds. renewed: whether the page's certificate was made anew just now."""

    authority_ends_s: float
    page_ends_s: float
    renewed: bool


class Authority:
    """In a folder that only the hub's user may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def page(self) -> Path:
        """What a server loads, certificate and key."""
        return self._folder / PAGE

    @property
    def there(self) -> bool:
        """Whether one was made."""
        return (self._folder / AUTHORITY).is_file()

    def certificate(self) -> bytes:
        """Of the authority, in DER, as phones take it. Raises StorageError."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self._authority()[0].public_bytes(Encoding.DER)

    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, to be compared with what a phone shows. Raises StorageError."""
        from cryptography.hazmat.primitives import hashes

        return self._authority()[0].fingerprint(hashes.SHA256()).hex(":").upper()

    def make(self, hub: str, hosts: Sequence[str], now_s: float) -> None:
        """A new authority for this hub; the one before is no more. Raises StorageError."""
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        made = _authority(f"feverhub {hub}", key, hosts, _time(now_s))
        # The key first: an authority without its key could renew nothing.
        self._keep(AUTHORITY_KEY, _pem(key))
        self._keep(AUTHORITY, _pem(made))
        (self._folder / PAGE).unlink(missing_ok=True)

    def keep_valid(self, names: Names, now_s: float, *, synced: bool) -> State:
        """See that the page has a certificate for these names that lasts. Raises StorageError where it cannot.

        synced: whether the clock is known to be right; else only what is missing, or of other names, is made.
        """
        authority, key = self._authority()
        names = _permitted(names, authority)
        page = self._page()
        now = _time(now_s)
        stands = page is not None and page.issuer == authority.subject and _signed(page, authority)
        renew = not stands or page is None or _names(page) != names or (synced and not _lasts(page, now))
        if renew:
            from cryptography.hazmat.primitives.asymmetric import ec

            own = ec.generate_private_key(ec.SECP256R1())
            page = _leaf(authority, key, own, names, now)
            self._keep(PAGE, _pem(page) + _pem(authority) + _pem(own))
        assert page is not None
        ends_s = (authority.not_valid_after_utc.timestamp(), page.not_valid_after_utc.timestamp())
        return State(*ends_s, renewed=renew)

    def _authority(self) -> "tuple[x509.Certificate, ec.EllipticCurvePrivateKey]":
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            made = x509.load_pem_x509_certificate((self._folder / AUTHORITY).read_bytes())
            key = load_pem_private_key((self._folder / AUTHORITY_KEY).read_bytes(), None)
        except OSError as error:
            raise StorageError(f"{self._folder}: the page's authority cannot be read: {error.strerror}") from None
        except (ValueError, TypeError):
            raise StorageError(
                f"{self._folder}: the page's authority is damaged; feverhub web certificate --new"
            ) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != made.public_key():
            raise StorageError(f"{self._folder}: the key is another authority's; feverhub web certificate --new")
        return made, key

    def _page(self) -> "x509.Certificate | None":
        """None for none, and for one that cannot be used."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            text = self.page.read_bytes()
            page = x509.load_pem_x509_certificate(text)
            whole = load_pem_private_key(text[text.index(b"-----BEGIN PRIVATE KEY") :], None).public_key()
        except (OSError, ValueError, TypeError):
            return None
        return page if whole == page.public_key() else None

    def _keep(self, name: str, text: bytes) -> None:
        """As a whole or not at all, mode 0600."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = self._folder.parent.stat()
            descriptor, new = tempfile.mkstemp(dir=self._folder)
            if os.geteuid() == 0:  # made by `sudo feverhub`, and read by the hub's own user
                os.chown(self._folder, owner.st_uid, owner.st_gid)
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            with os.fdopen(descriptor, "wb") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            Path(new).replace(self._folder / name)
        except OSError as error:
            raise StorageError(f"{self._folder}: cannot be written: {error.strerror}") from None


def _authority(
    name: str, key: "ec.EllipticCurvePrivateKey", hosts: Sequence[str], now: dt.datetime
) -> "x509.Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    # A name of one word would stand for all names that end with it, such as `com`.
    whole = [host for host in hosts if "." in host.strip(".")]
    permitted = [*map(x509.DNSName, whole), *(x509.IPAddress(ipaddress.ip_network(n)) for n in NETWORKS)]
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINS)
        .not_valid_after(max(now, BEGINS) + AUTHORITY_DAYS * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    authority: "x509.Certificate",
    key: "ec.EllipticCurvePrivateKey",
    own: "ec.EllipticCurvePrivateKey",
    names: Names,
    now: dt.datetime,
) -> "x509.Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    first = next(iter((*names.hosts, *names.addresses)), "feverhub")
    begins = max(now - BACK, BEGINS)
    hosts, addresses = map(x509.DNSName, names.hosts), (ipaddress.ip_address(each) for each in names.addresses)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, first[:64])]))
        .issuer_name(authority.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(min(begins + PAGE_DAYS * DAY, authority.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([*hosts, *map(x509.IPAddress, addresses)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _permitted(names: Names, authority: "x509.Certificate") -> Names:
    """Those that this authority may sign: a hub that was renamed, or has a public address, keeps its others."""
    from cryptography import x509

    found = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    hosts = {each.value for each in found if isinstance(each, x509.DNSName)}
    networks = [ipaddress.ip_network(n) for n in NETWORKS]
    private = [each for each in names.addresses if any(ipaddress.ip_address(each) in network for network in networks)]
    return Names(tuple(sorted(hosts & set(names.hosts))), tuple(sorted(private)))


def _names(page: "x509.Certificate") -> Names:
    from cryptography import x509

    try:
        found = page.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Names((), ())
    addresses = (str(each) for each in found.get_values_for_type(x509.IPAddress))
    return Names(tuple(sorted(found.get_values_for_type(x509.DNSName))), tuple(sorted(addresses)))


def _lasts(page: "x509.Certificate", now: dt.datetime) -> bool:
    return page.not_valid_before_utc <= now <= page.not_valid_after_utc - RENEW


def _signed(page: "x509.Certificate", authority: "x509.Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        page.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _time(now_s: float) -> dt.datetime:
    """A clock before the first day of this program, or beyond what a certificate holds, is not believed."""
    latest = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    return min(max(dt.datetime.fromtimestamp(min(max(now_s, 0.0), 4e9), dt.UTC), BEGINS), latest)


def _pem(made: "x509.Certificate | ec.EllipticCurvePrivateKey") -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if isinstance(made, x509.Certificate):
        return made.public_bytes(Encoding.PEM)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
