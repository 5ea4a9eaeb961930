"""What the commands say, in Chinese and English, in one table. Findings have their own
(``catalogue/findings.toml``).

The language follows ``MUSEUM_LANG``, else the system's (``LC_ALL``, ``LC_MESSAGES``, ``LANG``); Chinese for
any ``zh``, else English. What errors say stands in ``catalogue/phrases.toml``.
"""

from __future__ import annotations

import os

TEXTS: dict[str, tuple[str, str]] = {
    # the commands, as `museum --help` lists them
    "process": (
        "把扫描处理成可发布的模型、图片和报告。",
        "Make publishable models, pictures and a report from scans.",
    ),
    "check": ("处理之前检查一份扫描。", "Look at a scan before work: size, holes, textures."),
    "compare": (
        "测量两个网格模型的差别并写出报告。",
        "Measure how far two meshes are apart, and write a report.",
    ),
    "steps": ("列出配方可用的步骤及其说明。", "List the steps that recipes can use, with their manual."),
    "samples": ("生成示例扫描。", "Make the sample scans."),
    "serve": ("打开网站。", "Open the site."),
    "demo": ("处理示例并打开网站。", "Process the samples and open the site."),
    "museum": (
        "流动博物馆：从摄影测量扫描到网页上的文物。",
        "Mobile Museum: from a photogrammetry scan to a relic on a page.",
    ),
    # their options
    "option-recipe": ("配方的名称或路径。", "Name or path of the recipe."),
    "option-unit": ("扫描数值的单位。", "Unit of the scan's numbers."),
    "option-up": ("扫描中朝上的轴。", "Axis of the scan that points up."),
    "option-also": (
        "另外生成哪些用途的文件，用逗号分开：print（打印）、download（下载）、master（存档）。",
        "Files to make beside the usual ones, with commas: print, download, master.",
    ),
    "option-front": (
        "正面所在的方位角：绕竖直轴的度数，0 为 +Z，90 为 +X。",
        "Where the front is: degrees round the upright object, 0 towards +Z, 90 towards +X.",
    ),
    "option-out": ("存放结果的文件夹。", "Folder for the results."),
    "option-as-one": (
        "所给的全部模型是同一件文物的各个部分。",
        "All the models given are parts of one object.",
    ),
    "option-name": ("文物的名称。", "The object's name."),
    "option-dry-run": ("只说明将做什么，不处理。", "Only say what would be done."),
    "option-force": ("全部重新处理。", "Do everything again."),
    "option-force-size": ("即使与登记尺寸不符也继续。", "Go on though the register says another size."),
    "option-jobs": (
        "最多同时处理几个等级（内存不够时会更少）。",
        "Levels made at the same time at most; fewer where memory is short.",
    ),
    "option-all": (
        "处理各藏品集中所有有扫描的文物；路径此时为藏品集的名称，不写则为全部。",
        "Process every object with a scan; the paths then name collections, none means all.",
    ),
    "option-objects": (
        "最多同时处理几件文物（内存不够时会更少）。",
        "Objects processed at the same time at most; fewer where memory is short.",
    ),
    "option-cluster": (
        "由 Dask 集群处理；此为调度器的地址。",
        "Have it done by a Dask cluster: the scheduler's address.",
    ),
    "option-summary": (
        "把汇总表写入此文件（.csv 或 .json）。",
        "File for the table of results, .csv or .json.",
    ),
    "option-compare-unit": (
        "两个文件数值的单位；不写则由格式或大小判断。",
        "Unit of both files' numbers; else the format or the size decides.",
    ),
    "option-compare-out": (
        "存放报告的文件夹；不写则在当前文件夹中新建。",
        "Folder for the report; else a new one in the current folder.",
    ),
    "option-screen-px": (
        "屏幕上对角线的像素数：偏差同时以像素表示。",
        "Pixels that the diagonal fills on a screen: the deviation is told in pixels too.",
    ),
    "option-samples": ("每个表面的取样点数。", "Points drawn on each surface."),
    "option-no-serve": ("不打开网站。", "Do not open the site."),
    "option-host": (
        "网站的地址；0.0.0.0 让同一网络中的设备也能打开。",
        "Address of the site; 0.0.0.0 lets devices on the same network open it.",
    ),
    "option-port": ("网站的端口。", "Port of the site."),
    "option-collection": ("藏品集所在的文件夹。", "The collection's folder."),
    "option-seed": ("随机种子，决定全部内容。", "Everything follows from it."),
    # progress
    "node-packages": ("安装 Node 软件包（只需一次）", "installing the Node packages (only once)"),
    "making-samples": ("生成示例", "making the samples"),
    "hash": ("核对文件", "checking files"),
    "read": ("读取扫描", "reading the scan"),
    "write": ("写入模型", "writing the model"),
    "validate": ("校验模型", "validating the model"),
    "mesh": ("由点云生成网格", "making a surface of the points"),
    "place": ("摆放", "placing"),
    "detach": ("取下支承面", "taking it off its support"),
    "clean": ("清理", "cleaning"),
    "repair": ("修补", "repairing"),
    "simplify": ("简化", "simplifying"),
    "reduce": ("简化与烘焙", "simplifying and baking"),
    "balance": ("三角面与贴图的取舍", "sharing bytes between form and texture"),
    "compress": ("压缩", "compressing"),
    "usdz": ("写 USDZ 文件", "writing USDZ"),
    "solid": ("封闭成实体", "closing to a solid"),
    "stl": ("写 STL 文件", "writing STL"),
    "print3mf": ("写 3MF 文件", "writing 3MF"),
    "archive": ("写存档文件", "writing the archive file"),
    "download_zip": ("写下载包", "writing the download"),
    "doing-textures": ("制作贴图", "making the textures"),
    "correct_colour": ("校正颜色", "correcting the colours"),
    "level_exposure": ("统一曝光", "levelling the exposure"),
    "delight": ("去除阴影", "taking baked light out"),
    "doing-compare": ("渲染对比图", "rendering scan and model"),
    "measure": ("测量成品", "measuring the finished model"),
    "pictures": ("渲染图片", "rendering pictures"),
    "report": ("写报告", "writing the report"),
    # results
    "up-to-date": ("{name}：没有变化，无须处理。", "{name}: nothing has changed, nothing to do."),
    "done": ("{name}：完成，用时 {seconds:.1f} 秒。", "{name}: done in {seconds:.1f} s."),
    "would": ("{name}：将运行配方 {recipe}，写入 {out}：", "{name}: would run recipe {recipe} into {out}:"),
    "size-line": ("尺寸：{size}，单位 {unit}（{evidence}）", "size: {size}, unit {unit} ({evidence})"),
    "up-line": ("朝上：{up}（{up_evidence}）", "up: {up} ({up_evidence})"),
    "folder-line": ("结果：{out}", "results: {out}"),
    "page-line": ("查看：运行 {command}，然后打开：", "to see it: run {command}, then open"),
    "cached": ("（已有）", " (kept)"),
    "failed-one": ("{name}：{error}", "{name}: {error}"),
    "level": ("等级", "level"),
    "usage-view": ("浏览", "view"),
    "usage-ar": ("AR", "AR"),
    "usage-vr": ("VR", "VR"),
    "usage-print": ("打印", "print"),
    "usage-download": ("下载", "download"),
    "usage-master": ("存档", "master"),
    "quality-thumb": ("最小", "thumb"),
    "quality-small": ("小", "small"),
    "quality-medium": ("中", "medium"),
    "quality-large": ("大", "large"),
    "quality-full": ("完整", "full"),
    "triangles": ("三角形", "triangles"),
    "texture": ("贴图", "texture"),
    "bytes": ("大小（传输）", "size (wire)"),
    "deviation": ("偏差毫米 平均 / 95% / 最大", "off by mm: mean / p95 / max"),
    "verdict": ("结论", "verdict"),
    "outcome-pass": ("✓ 合格", "✓ pass"),
    "outcome-warn": ("! 留意", "! look at it"),
    "outcome-fail": ("✗ 不合格", "✗ fail"),
    "none": ("无", "none"),
    # results of many objects
    "object": ("文物", "object"),
    "result": ("结果", "result"),
    "seconds": ("秒", "seconds"),
    "finest": ("最精细等级偏差毫米 95% / 最大", "finest off by mm: p95 / max"),
    "findings": ("提示", "findings"),
    "reason": ("最需注意", "what to look at"),
    "result-made": ("已完成", "made"),
    "result-current": ("无变化", "up to date"),
    "result-refused": ("不能处理", "refused"),
    "result-failed": ("失败", "failed"),
    "result-stopped": ("未完成", "not done"),
    "comma": ("，", ", "),
    "total-line": ("共 {count} 件：{parts}。", "{count} objects: {parts}."),
    "summary-line": ("汇总表：{path}", "summary: {path}"),
    "one-of-many": (
        "{done}/{count}  {name}：{result}，{seconds:.1f} 秒",
        "{done}/{count}  {name}: {result}, {seconds:.1f} s",
    ),
    "objects-done": ("文物 {done}/{count}", "objects {done}/{count}"),
    "time-left": ("约剩 {minutes} 分 {seconds:02} 秒", "about {minutes} min {seconds:02} s left"),
    # compare
    "compared-mesh": ("模型", "mesh"),
    "figure": ("指标", "figure"),
    "value": ("数值", "value"),
    "limits": ("限值", "limits"),
    "box-from-to": ("{low} 至 {high} 毫米", "{low} to {high} mm"),
    "span": ("所在范围 (x, y, z)", "from … to (x, y, z)"),
    # steps
    "required": ("必填", "required"),
    # check
    "file": ("文件", "file"),
    "format": ("格式", "format"),
    "unit": ("单位", "unit"),
    "box": ("外形尺寸", "size"),
    "register": ("登记尺寸", "size in the register"),
    "agrees": ("{size}，一致", "{size}, agrees"),
    "disagrees": ("{size}，不一致！", "{size}, does not agree!"),
    "main-part": ("主要部分", "main part"),
    "main-part-text": (
        "{size}，与登记相符；其余可能是转台等残留物",
        "{size}, agrees; the rest may be remains of the turntable",
    ),
    "not-registered": ("未登记", "not recorded"),
    "vertices": ("顶点", "vertices"),
    "points": ("点", "points"),
    "sensors": ("已知的测站", "known scanner positions"),
    "unknown": ("未知", "none known"),
    "up-after-mesh": ("生成网格后判断", "told once there is a surface"),
    "holes": ("孔洞（边界环）", "holes (boundary loops)"),
    "edges": ("非流形边", "non-manifold edges"),
    "pieces": ("碎块", "pieces"),
    "pieces-text": (
        "{count}，最大的占三角形的 {share:.1%}",
        "{count}, the largest with {share:.1%} of the triangles",
    ),
    "up": ("朝上", "up"),
    "textures": ("贴图文件", "textures"),
    "missing": ("{name}（缺失）", "{name} (missing)"),
    "colours": ("顶点颜色", "vertex colours"),
    "yes": ("有", "yes"),
    "no": ("没有", "no"),
    # serve, demo
    "unbuilt": (
        "页面的脚本尚未生成，只有图片和文字：请运行 make setup。",
        "the pages' scripts are not built, there will be pictures and text only: run make setup",
    ),
    "open": ("网站：{url}（按 Ctrl+C 结束）", "the site: {url} (Ctrl+C ends it)"),
    "samples-made": ("示例已生成：{out}", "samples made in {out}"),
    # evidence
    "scale-bar": ("用标尺量得", "measured with a scale bar"),
    "targets": ("用标志点量得", "measured with targets"),
    "given": ("由操作者给出", "given"),
    "capture": ("采集记录", "capture record"),
    "format-says": ("格式规定", "the format says so"),
    "register-says": ("与登记尺寸相符", "agrees with the register"),
    "assumed": ("推测，未经确认", "assumed, not confirmed"),
}


def language() -> str:
    """Gives ``zh-Hans`` or ``en``."""
    chosen = next(
        (value for key in ("MUSEUM_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))),
        "",
    )
    return "zh-Hans" if chosen.lower().startswith("zh") else "en"


def say(key: str, **figures: object) -> str:
    """Gives a text of the table in the user's language, with its figures filled in; a key it lacks as it
    is."""
    if key not in TEXTS:
        return key
    chinese, english = TEXTS[key]
    text = chinese if language() == "zh-Hans" else english
    return text.format(**figures) if figures else text


def level(name: str) -> str:
    """Gives a level's name (``view small``, ``ar medium usdz``) in words."""
    usage, quality, *ending = name.split(" ")
    return " ".join([say(f"usage-{usage}"), say(f"quality-{quality}"), *ending])


def doing(name: str) -> str:
    """Gives what a stage of a run, or a step of a recipe, does."""
    return say(f"doing-{name}" if f"doing-{name}" in TEXTS else name)


def evidence(code: str) -> str:
    """Gives how a unit is known, in words."""
    return say({"format": "format-says", "register": "register-says"}.get(code, code))
