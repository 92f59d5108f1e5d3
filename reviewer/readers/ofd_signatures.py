"""Signatures and seals of an .ofd → sentences: how many, and whether the signed parts still have their digests.

What is checked is the digest of each part that a signature lists. The signature over that list, the certificate and
the seal itself are not verified here, and the sentences say so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from posixpath import dirname

from reviewer.errors import UnreadableFileError
from reviewer.readers.ofd_package import Package, child, children, text_of

MOST = 200  # signatures that are looked at
_DIGESTS = {
    "sm3": "sm3", "1.2.156.10197.1.401": "sm3", "1.2.156.10197.1.401.1": "sm3",
    "md5": "md5", "1.2.840.113549.2.5": "md5",
    "sha1": "sha1", "sha-1": "sha1", "1.3.14.3.2.26": "sha1",
    "sha256": "sha256", "sha-256": "sha256", "2.16.840.1.101.3.4.2.1": "sha256",
}  # fmt: skip
_NOT_VERIFIED = "签名值、证书和印章的真伪未验证，请用专用阅读器核验"


def sentences(package: Package, location: str) -> Iterator[str]:
    """What the list of signatures at `location` says; nothing where there is none."""
    found = package.optional(location)
    if found is None:
        return
    key, root = found
    listed = list(children(root, "Signature"))[:MOST]
    if not listed:
        return
    seals = sum(item.get("Type", "Seal").lower() == "seal" for item in listed)
    counts = ((seals, "电子印章"), (len(listed) - seals, "数字签名"))
    what = "、".join(f" {count} 个{name}" for count, name in counts if count)
    results = [_checked(package, item.get("BaseLoc", ""), dirname(key)) for item in listed]
    changed = sorted({part for changes, _, _ in results for part in changes})
    if len(listed) > 1:  # a later signature adds itself to the list that an earlier one covers
        changed = [part for part in changed if package.find(part) != key]
    if changed:
        yield (
            f"文件带有{what}，但签名所保护的 {len(changed)} 个部件与签名时不一致（{'、'.join(changed[:3])}），"
            f"文件可能在签名后被改动，请核实；{_NOT_VERIFIED}"
        )
        return
    checked, unknown = sum(count for _, count, _ in results), sum(count for _, _, count in results)
    if not checked:
        yield f"文件带有{what}，签名所列部件的摘要无法核对；{_NOT_VERIFIED}"
    else:
        rest = f"，另有 {unknown} 个部件无法核对" if unknown else ""
        yield f"文件带有{what}，签名所列 {checked} 个部件的摘要与文件一致{rest}；{_NOT_VERIFIED}"


def _checked(package: Package, location: str, folder: str) -> tuple[list[str], int, int]:
    """Parts that changed, the number of those that did not, and of those that could not be compared."""
    found = package.optional(location, folder)
    if found is None:
        return [], 0, 1
    key, root = found
    references = child(child(root, "SignedInfo"), "References")
    method = "MD5" if references is None else references.get("CheckMethod", "MD5")
    name = _DIGESTS.get(method.strip().lower(), "")
    changed, same, unknown = [], 0, 0
    for reference in children(references, "Reference"):
        location = reference.get("FileRef", "")
        part = package.find(location, dirname(key))
        try:
            expected = base64.b64decode(text_of(reference, "CheckValue"), validate=True)
            digest = hashlib.new(name, usedforsecurity=False)
        except (binascii.Error, ValueError):  # not Base64, or a digest that this machine does not know
            unknown += 1
            continue
        if part is None:
            changed.append(location)
            continue
        try:
            digest.update(package.content(part))
        except UnreadableFileError:
            unknown += 1
            continue
        if digest.digest() == expected:
            same += 1
        else:
            changed.append(location)
    return changed, same, unknown
