"""Certificates as brokers and hubs may come to have them: of any time, for any name, by any authority."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = dt.timedelta(days=1)
PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Pair:
    """certificate, key: files in PEM."""

    certificate: Path
    key: Path
    serial: int


@dataclass(frozen=True)
class Authority:
    """What the shipped script made (ca.crt, ca.key), or one of its own."""

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def of(cls, folder: Path) -> Self:
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(folder, x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes()), key)

    def server(self, name: str, days: tuple[float, float], address: str = "127.0.0.1") -> Pair:
        """Of a broker at that address. days: from when to when, counted from now."""
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        return self._issue(name, name, days, names)

    def client(self, name: str, user: str, days: tuple[float, float] = (-1, 30)) -> Pair:
        """Of a hub that gets in as that user."""
        return self._issue(name, user, days, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]))

    def revoke(self, *pairs: Pair) -> Path:
        """The list of those that count no more."""
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(now - DAY).next_update(now + 30 * DAY)
        for pair in pairs:
            one = x509.RevokedCertificateBuilder().serial_number(pair.serial).revocation_date(now - DAY)
            builder = builder.add_revoked_certificate(one.build())
        file = self.folder / "revoked.crl"
        file.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(PEM))
        return file

    def _issue(self, name: str, common_name: str, days: tuple[float, float], extension: x509.ExtensionType) -> Pair:
        key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * DAY)
            .not_valid_after(now + days[1] * DAY)
            .add_extension(extension, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pair = Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key", certificate.serial_number)
        pair.certificate.write_bytes(certificate.public_bytes(PEM))
        pair.key.touch(mode=0o600)
        pair.key.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return pair


def listener(port: int, folder: Path, server: Pair | None = None, *, clients: bool = False) -> str:
    """Lines for mosquitto.conf: a further listener with TLS. clients: only those who show a certificate.

    Without a server's own pair, the lines are those that the shipped feverhub.conf has for it in comments.
    """
    certificate, key = (
        (folder / "server.crt", folder / "server.key") if server is None else (server.certificate, server.key)
    )
    lines = [f"listener {port} 127.0.0.1", f"cafile {folder}/ca.crt", f"certfile {certificate}", f"keyfile {key}"]
    if clients:
        lines += ["require_certificate true", "use_identity_as_username true"]
        lines += [f"crlfile {folder}/revoked.crl"] if (folder / "revoked.crl").exists() else []
    return "\n".join(lines) + "\n"
