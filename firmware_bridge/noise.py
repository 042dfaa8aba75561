"""The Noise protocol framework (noiseprotocol.org, revision 34), as much of it as the link needs: no clock, no I/O.

Names of methods and tokens are those of the specification's section 5, so that the two can be read side by side.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from firmware_bridge.errors import RemoteProtocolError

KEY_BYTES = 32
"""Of a private, a public and a shared key, and of a hash."""
TAG_BYTES = 16
"""What encryption adds to a message."""

Token = Literal["e", "s", "ee", "es", "se", "ss", "psk"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Who sends what in a handshake (section 7)."""

    name: str
    messages: tuple[tuple[Token, ...], ...]
    """The initiator's and the responder's in turn."""
    responder_known: bool = False
    """Whether the initiator knows the responder's static key beforehand."""

    @property
    def with_psk(self) -> bool:
        """Whether a pre-shared key takes part."""
        return any("psk" in message for message in self.messages)


IK = Pattern("IK", (("e", "es", "s", "ss"), ("e", "ee", "se")), responder_known=True)
XXPSK3 = Pattern("XXpsk3", (("e",), ("e", "ee", "s", "es"), ("s", "se", "psk")))


def public_key(private: bytes) -> bytes:
    """Give the public key that belongs to a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def new_private_key() -> bytes:
    """Make a private key."""
    return X25519PrivateKey.generate().private_bytes_raw()


class CipherState:
    """One key, for one direction (section 5.1). Whoever holds it counts the nonces."""

    def __init__(self, key: bytes) -> None:
        self._aead = ChaCha20Poly1305(key)

    def encrypt(self, nonce: int, ad: bytes, plaintext: bytes) -> bytes:
        """Give the ciphertext with its tag. A nonce must never be used twice."""
        return self._aead.encrypt(_nonce_bytes(nonce), plaintext, ad)

    def decrypt(self, nonce: int, ad: bytes, ciphertext: bytes) -> bytes:
        """Give the plaintext. Raises RemoteProtocolError when it is not what the peer encrypted with this nonce."""
        try:
            return self._aead.decrypt(_nonce_bytes(nonce), ciphertext, ad)
        except InvalidTag as exc:
            raise RemoteProtocolError("a message that does not decrypt") from exc


class Handshake:
    """One side of one handshake (section 5.3), over X25519, ChaCha20-Poly1305 and SHA-256."""

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        static: bytes,
        prologue: bytes,
        remote_static: bytes | None = None,
        ephemeral: bytes,
    ) -> None:
        """`static` is our private key, `remote_static` the public key of a known responder.

        `ephemeral` is our private key of this handshake: 32 random bytes, never used again.
        """
        self._pattern = pattern
        self._initiator = initiator
        self._static = static
        self._ephemeral = ephemeral
        self.remote_static = remote_static
        """The peer's public static key; None until it came. It is the peer's for certain once `finished`."""
        self._remote_ephemeral = b""
        self._turn = 0
        self._key: CipherState | None = None
        self._nonce = 0
        name = f"Noise_{pattern.name}_25519_ChaChaPoly_SHA256".encode()
        self._hash = self._chaining_key = name.ljust(KEY_BYTES, b"\0") if len(name) <= KEY_BYTES else _sha256(name)
        self._mix_hash(prologue)
        if pattern.responder_known:
            self._mix_hash(remote_static or public_key(static) if initiator else public_key(static))

    @property
    def finished(self) -> bool:
        """Say whether the last message went."""
        return self._turn == len(self._pattern.messages)

    def write(self, payload: bytes = b"", psk: bytes = b"") -> bytes:
        """Give our next message. `psk` is needed for the message that has that token."""
        message = b""
        for token in self._pattern.messages[self._turn]:
            match token:
                case "e":
                    public = public_key(self._ephemeral)
                    message += public
                    self._mix_ephemeral(public)
                case "s":
                    message += self._encrypt_and_hash(public_key(self._static))
                case "psk":
                    self._mix_key_and_hash(psk)
                case _:
                    self._mix_key(self._agree(token))
        self._turn += 1
        return message + self._encrypt_and_hash(payload)

    def read(self, message: bytes, psk: bytes = b"") -> bytes:
        """Take the peer's next message; give its payload. Raises RemoteProtocolError: the handshake is over then."""
        for token in self._pattern.messages[self._turn]:
            match token:
                case "e":
                    self._remote_ephemeral, message = _split(message, KEY_BYTES)
                    self._mix_ephemeral(self._remote_ephemeral)
                case "s":
                    sealed, message = _split(message, KEY_BYTES + (TAG_BYTES if self._key else 0))
                    self.remote_static = self._decrypt_and_hash(sealed)
                case "psk":
                    self._mix_key_and_hash(psk)
                case _:
                    self._mix_key(self._agree(token))
        self._turn += 1
        return self._decrypt_and_hash(message)

    def split(self) -> tuple[CipherState, CipherState]:
        """Give the ciphers of the finished handshake: ours to send with, and ours to receive with."""
        first, second = (CipherState(key) for key in _hkdf(self._chaining_key, b"", 2))
        return (first, second) if self._initiator else (second, first)

    def _agree(self, token: Token) -> bytes:
        """Do the Diffie-Hellman that a token names: the initiator's key first, then the responder's."""
        mine, theirs = (token[0], token[1]) if self._initiator else (token[1], token[0])
        private = self._ephemeral if mine == "e" else self._static
        public = self._remote_ephemeral if theirs == "e" else self.remote_static or b""
        try:
            # Raises for the few public keys whose result does not depend on ours: the specification's section 12.1
            # leaves that to us, and refusing them costs nothing.
            return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError as exc:
            raise RemoteProtocolError("a public key that is none") from exc

    def _mix_ephemeral(self, public: bytes) -> None:
        self._mix_hash(public)
        if self._pattern.with_psk:  # section 9.2
            self._mix_key(public)

    def _mix_hash(self, data: bytes) -> None:
        self._hash = _sha256(self._hash + data)

    def _mix_key(self, material: bytes) -> None:
        self._chaining_key, key = _hkdf(self._chaining_key, material, 2)
        self._key, self._nonce = CipherState(key), 0

    def _mix_key_and_hash(self, material: bytes) -> None:
        self._chaining_key, mixed, key = _hkdf(self._chaining_key, material, 3)
        self._mix_hash(mixed)
        self._key, self._nonce = CipherState(key), 0

    def _encrypt_and_hash(self, plaintext: bytes) -> bytes:
        ciphertext = plaintext
        if self._key:
            ciphertext = self._key.encrypt(self._nonce, self._hash, plaintext)
            self._nonce += 1
        self._mix_hash(ciphertext)
        return ciphertext

    def _decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        plaintext = ciphertext
        if self._key:
            plaintext = self._key.decrypt(self._nonce, self._hash, ciphertext)
            self._nonce += 1
        self._mix_hash(ciphertext)
        return plaintext


def _split(message: bytes, length: int) -> tuple[bytes, bytes]:
    if len(message) < length:
        raise RemoteProtocolError("a handshake message that is too short")
    return message[:length], message[length:]


def _nonce_bytes(nonce: int) -> bytes:
    """Give the nonce as section 12.3 has it for ChaChaPoly."""
    return bytes(4) + nonce.to_bytes(8, "little")


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _hkdf(chaining_key: bytes, material: bytes, outputs: int) -> list[bytes]:
    """Derive keys as section 4.3 does: HKDF (RFC 5869) with empty info."""
    temporary = hmac.digest(chaining_key, material, "sha256")
    keys: list[bytes] = []
    for number in range(1, outputs + 1):
        keys.append(hmac.digest(temporary, (keys[-1] if keys else b"") + bytes([number]), "sha256"))
    return keys
