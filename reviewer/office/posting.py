"""One signed POST to an address that the administrator registered: which addresses are allowed, how it is signed.

The host is resolved once and the connection goes to the very address that was checked, so that a name cannot mean
something else a moment later. Redirects are not followed, proxies of the environment are not used.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from reviewer.errors import UsageError

TIMEOUT = 10.0  # seconds that the other side may stay silent
LONGEST = 20.0  # seconds for everything, also for an answer that drips
URL_LENGTH = 500


def check_url(url: str, *, inside: bool) -> str:
    """The address as it will be used; UsageError unless it may be. `inside`: the office's own network is meant."""
    cleaned = url.strip()
    if not cleaned.isascii() or not cleaned.isprintable() or " " in cleaned or len(cleaned) > URL_LENGTH:
        raise UsageError(f"地址只能用英文字符，不超过 {URL_LENGTH} 个；中文域名请写成 xn-- 开头的形式")
    try:
        parts = urlsplit(cleaned)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc or parts.fragment:
        raise UsageError("地址应当像 https://oa.example.gov.cn/receive，不带账号密码和 # 部分")
    if parts.scheme == "http" and not inside:
        raise UsageError("外网地址须用 https://；内网地址请同时勾选“允许内网地址”")
    if (literal := _literal(host)) is not None and not allowed(literal, inside=inside):
        raise UsageError(_refused(host, inside))
    return cleaned


def allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, inside: bool) -> bool:
    """Public addresses always; loopback and private ones where the administrator said so; never the rest."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False  # link-local: the data services of cloud machines live there
    if address.is_loopback:
        return inside
    if address.is_reserved:
        return False
    return address.is_global or inside


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the body, as hexadecimal digits."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, headers: Mapping[str, str], *, inside: bool) -> str:
    """Empty when the other side took it (2xx), else why not, as a sentence."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        check_url(url, inside=inside)
        found = _addresses(host, parts.port or (443 if parts.scheme == "https" else 80), inside=inside)
        if not found:
            return _refused(host, inside)
        status = _exchange(parts, found, body, headers)
    except UsageError as error:
        return str(error)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _said(error)
    if 200 <= status < 300:
        return ""
    return "对方要求转到别的地址，没有跟随" if 300 <= status < 400 else f"对方返回 {status}"


def _addresses(host: str, port: int, *, inside: bool) -> list[tuple[str, int]]:
    """What a host name stands for now, of that what is allowed."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    literals = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [(text, port) for text in literals if allowed(ipaddress.ip_address(text), inside=inside)]


def _exchange(parts: SplitResult, found: list[tuple[str, int]], body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer; its body is not read."""
    host, port = parts.hostname or "", found[0][1]
    connected = _connect(found)
    ended = threading.Timer(LONGEST, _cut, [connected])
    ended.daemon = True
    ended.start()
    try:
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
            connection.sock = context.wrap_socket(connected, server_hostname=host)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
            connection.sock = connected
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()
    finally:
        ended.cancel()
        connected.close()


def _connect(found: list[tuple[str, int]]) -> socket.socket:
    trouble: OSError = ConnectionRefusedError()
    for address in found[:3]:
        try:
            return socket.create_connection(address, TIMEOUT)
        except OSError as error:
            trouble = error
    raise trouble


def _cut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refused(host: str, inside: bool) -> str:
    if inside:
        return f"{host} 是不能使用的地址（链路本地、组播或保留地址）"
    return f"{host} 是内网或本机地址；确需推送到内网，请由管理员勾选“允许内网地址”"


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"对方没有在 {TIMEOUT:.0f} 秒内回答"
    if isinstance(error, ConnectionRefusedError):
        return "对方没有在这个端口上接收"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"对方的证书没有通过核对（{error.verify_message}）"
    if isinstance(error, socket.gaierror):
        return "找不到这个主机名，请检查域名解析"
    if isinstance(error, (http.client.RemoteDisconnected, ConnectionResetError)):
        return "对方没有回答就断开了连接"
    return f"没有送达（{error}）"
