"""tests/support/radius.py - captures of RADIUS accounting and rejected requests, made here (RFC 2865 3 and 5, RFC 2866 3 and 5)."""
import hashlib, ipaddress, struct

SECRET = b"shared by gateway and server"


def attribute(kind, value):
    value = value.encode() if isinstance(value, str) else value
    return bytes([kind, len(value) + 2]) + value


def accounting(identifier, user, nas=None, address=None, calling=None, session=None, port=5):
    """An Accounting-Request that begins a session, with its authenticator. `port`: 5 virtual, 19 Wi-Fi."""
    out = attribute(40, struct.pack(">I", 1)) + attribute(1, user) + attribute(61, struct.pack(">I", port))
    if address:
        out += attribute(4, ipaddress.ip_address(address).packed)
    for kind, value in ((32, nas), (31, calling), (44, session)):
        if value:
            out += attribute(kind, value)
    head = struct.pack(">BBH", 4, identifier % 256, 20 + len(out))
    return head + hashlib.md5(head + bytes(16) + out + SECRET).digest() + out


def rejected(identifier, user, nas=None, address=None, calling=None):
    """An Access-Request and its Access-Reject: two messages."""
    out = attribute(1, user) + (attribute(4, ipaddress.ip_address(address).packed) if address else b"")
    for kind, value in ((32, nas), (31, calling)):
        if value:
            out += attribute(kind, value)
    return [struct.pack(">BBH", 1, identifier % 256, 20 + len(out)) + bytes(16) + out, struct.pack(">BBH", 3, identifier % 256, 20) + bytes(16)]


def packet(source, destination, sport, dport, payload):
    udp = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, ipaddress.ip_address(source).packed, ipaddress.ip_address(destination).packed)
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xffff) + (total >> 16)
    return head[:10] + struct.pack(">H", ~((total & 0xffff) + (total >> 16)) & 0xffff) + head[12:] + udp


def capture(path, packets):
    """`packets`: (seconds since 1970, IP packet)."""
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
        for time, p in packets:
            f.write(struct.pack("<IIII", int(time), int(time % 1 * 1e6), len(p), len(p)) + p)
    return path
