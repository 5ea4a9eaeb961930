"""What report pages say in Chinese and English beside findings and names of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.catalogue.derivative import Derivative

LEVELS = {
    "failure": ("不可发布", "Not fit to publish"),
    "warning": ("请查看", "Look at this"),
    "info": ("已记录", "Noted"),
}
OUTCOMES = {
    "pass": ("✓", "合格", "pass"),
    "warn": ("!", "留意", "look at it"),
    "fail": ("×", "不合格", "fail"),
}
"""Sign, zh-Hans, en: never told by colour alone."""
USAGES = {"view": "浏览", "ar": "AR", "vr": "VR", "print": "打印", "download": "下载", "master": "存档"}
ON_SCREEN = frozenset({"view", "ar", "vr"})
"""Usages that a device's budget says something about."""
QUALITIES = {"thumb": "缩略", "small": "小", "medium": "中", "large": "大", "full": "全"}
EVIDENCE = {
    "scale-bar": ("用标尺量得", "measured with a scale bar"),
    "targets": ("用标志点量得", "measured with targets"),
    "given": ("技术员给定", "given by the technician"),
    "capture": ("采集记录", "from the capture record"),
    "format": ("文件格式规定", "said by the file's format"),
    "register": ("与登记尺寸相符", "agrees with the register"),
    "assumed": ("假定，未经确认", "assumed, not confirmed"),
}
DEVICES = {
    "thumb": ("缩略图", "thumbnail"),
    "phone": ("手机", "phone"),
    "tablet": ("平板", "tablet"),
    "headset": ("头显", "headset"),
    "panel": ("大屏", "panel"),
    "quick_look": ("苹果 AR", "Quick Look"),
    "scene_viewer": ("安卓 AR", "Scene Viewer"),
}


def level_name(made: Derivative) -> tuple[str, str]:
    """Gives a level's name in Chinese and English, with the format where it is not GLB."""
    suffix = made.path.rpartition(".")[2]
    kind = "" if suffix == "glb" else f" {suffix.upper()}"
    quality = QUALITIES[made.quality]
    usage = made.usage.upper() if made.usage in {"ar", "vr"} else made.usage
    return f"{USAGES[made.usage]} {quality}{kind}", f"{usage} {made.quality}{kind}"
