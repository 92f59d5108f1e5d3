"""The beginning of a file that no reader recognises → a sentence that says what it is and what to do."""

from __future__ import annotations

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_IMAGES = (b"RIFF", b"\0\0\x01\0")
_PHONE_IMAGES = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"PK")
_SAVE = "请用 Word 或 WPS 打开，另存为 .docx 后再试。"


def explain(head: bytes, name: str, endings: tuple[str, ...]) -> str:
    """What the file seems to be and what to do; `endings` are the suffixes that can be read."""
    what, remedy = _kind(head)
    return f"{name}：{what}。{remedy or '可以读取的格式：' + '、'.join(endings) + '。请转换后再试。'}"


def is_wrapped(head: bytes) -> bool:
    """Whether it is text to the machine only: a Word document as one XML file, or a page archived as e-mail."""
    beginning = head[:4096]
    word = beginning.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") and (
        b"<pkg:package" in beginning or b"<w:wordDocument" in beginning
    )
    return word or (beginning.startswith(b"MIME-Version:") and b"multipart/" in beginning)


def _kind(head: bytes) -> tuple[str, str]:
    if head.startswith(OLE):
        return _compound(head)
    if head.startswith(_IMAGES) or head[4:12] in _PHONE_IMAGES:
        return "这种图片格式暂不支持", "请另存为 .jpg 或 .png，或提交可编辑的 .docx 文件。"
    if is_wrapped(head):
        return "Word XML 与网页归档（.mht）格式暂不支持", _SAVE
    if head.startswith(b"PK"):
        return _zipped(head)
    if head.startswith(_ARCHIVES):
        return "这是压缩包", "请解压后逐个提交其中的文件。"
    return "无法识别的文件类型，内容不是文字", ""


def _compound(head: bytes) -> tuple[str, str]:
    """OLE2 compound files: old tables and slides, and encrypted new Office."""
    if ENCRYPTED in head:
        return "文件设有打开密码", "请在 Word 或 WPS 中输入密码打开，取消密码后另存再试。"
    return "旧版 Office 格式暂不支持", "请用 Word 或 WPS 打开，另存为 .docx 或 .pdf 后再试。"


def _zipped(head: bytes) -> tuple[str, str]:
    if b"xl/workbook" in head or b"ppt/presentation" in head:
        return "表格和演示文稿暂不支持", "请把需要审查的文字复制到 Word 中，存为 .docx 后再试。"
    if b"opendocument" in head:
        return "ODF 的表格和演示文稿（.ods、.odp 等）暂不支持", _SAVE
    return "这是压缩包，不是可以审查的文档", "请解压后逐个提交其中的文件。"
