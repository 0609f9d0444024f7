"""Upstreams over TLS: only as whom they should be, by an authority that the machine trusts."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firedoor.edges.outbound.endpoint import HttpEndpoint
from firedoor.edges.outbound.upstreams import OutboundUpstreams
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.upstream import Transport
from tests.helpers.nouns import SESSION, message, result

pytestmark = pytest.mark.anyio

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.UTC)


class Authority:
    """An authority of our own, and what it has signed."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        own = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(True, 0), True)
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        certificate = own.add_extension(usage, True).sign(self.key, hashes.SHA256())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(identifier, False).add_extension(issuer, False)
        return builder.not_valid_before(NOW - DAY).not_valid_after(NOW + DAY)

    def serving(self, address: str) -> ssl.SSLContext:
        """What a server needs that is known under an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "upstream")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        certificate = self._builder(name, key).add_extension(names, False).sign(self.key, hashes.SHA256())
        file = self.folder / f"{address}.pem"
        plain = serialization.NoEncryption()
        shape = serialization.PrivateFormat.PKCS8
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, shape, plain)
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@asynccontextmanager
async def upstream(tls: ssl.SSLContext, received: bytearray) -> AsyncIterator[int]:
    """A server that answers every request with one result, and keeps what it received in clear."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        received.extend(head)
        body = result(content=[])
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            + body
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def asked(port: int, trusted: Path) -> bytes:
    endpoint = HttpEndpoint(
        name="wiki",
        url=f"https://127.0.0.1:{port}/mcp",
        headers=(("Authorization", "Bearer s3cret-value"),),
        transport=Transport.STREAMABLE_HTTP,
    )
    outbound = OutboundUpstreams({"wiki": endpoint}, tls=ssl.create_default_context(cafile=trusted))
    asking = message()
    forwarding = Forwarding(
        upstream="wiki", session=SESSION, principal="dana", verb="POST", headers=(), body=asking.body,
        message=asking,
    )  # fmt: skip
    try:
        answer = await outbound.send(forwarding)
        event = await answer.next()
        answer.abandon()
        return event.payload if event is not None else b""
    finally:
        await outbound.close()


async def test_an_upstream_that_a_trusted_authority_vouches_for_is_spoken_to(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ours")
    received = bytearray()
    async with upstream(authority.serving("127.0.0.1"), received) as port:
        assert await asked(port, authority.file) == result(content=[])
    assert b"s3cret-value" in received


@pytest.mark.promise("PATH-6")
@pytest.mark.parametrize(
    ("signed_by", "address"), [("other", "127.0.0.1"), ("ours", "127.0.0.2")], ids=["authority", "address"]
)
async def test_an_upstream_that_is_somebody_else_gets_no_credential(
    tmp_path: Path, signed_by: str, address: str
) -> None:
    ours = Authority(tmp_path, "ours")
    signing = ours if signed_by == "ours" else Authority(tmp_path, signed_by)
    received = bytearray()
    async with upstream(signing.serving(address), received) as port:
        with pytest.raises(UpstreamError, match="TLS") as refused:
            await asked(port, ours.file)
    assert refused.value.code == "upstream_unavailable"
    assert received == b""
