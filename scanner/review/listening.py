"""Where the page listens, and who may come in there."""

from __future__ import annotations

import getpass
import socket

from scanner.errors import UserError
from scanner.review.access import Access, LinkAccess, PasswordAccess, ProxyAccess, is_loopback, parse_networks
from scanner.review.accounts import User


def access_for(*, host: str, users: bool, proxy_header: str | None, proxy_addresses: tuple[str, ...]) -> Access:
    """The way in: a trusted proxy if one is named, else passwords if there are users, else a link on this machine.

    Raises UserError when others could reach the address and nothing would ask them who they are.
    """
    if bool(proxy_header) != bool(proxy_addresses):
        raise UserError("--proxy-header and --proxy-address are given together: whose header is believed must be said")
    if proxy_header:
        networks = parse_networks(proxy_addresses)
        if any(n.prefixlen == 0 for n in networks):
            raise UserError("--proxy-address: a network of all addresses would believe anybody")
        return ProxyAccess(proxy_header, networks)
    if users:
        return PasswordAccess()
    if not is_loopback(host):
        raise UserError(
            f"--host {host}: others can reach this address, and nobody would ask them who they are; "
            "make users first (scanner reviewers add), or name a sign-in proxy (--proxy-header, --proxy-address)"
        )
    return LinkAccess(User(local_name(), "admin", may_unmask=True))


def listen_on(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UserError when the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except OSError as error:
        raise UserError(f"--host {host} --port {port}: cannot be listened on ({error.strerror})") from None
    return made


def local_name() -> str:
    """Who works at this terminal, as the audit log names them."""
    try:
        return f"local:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user without a name
        return "local"
