"""Export folders as the programs lay them out, made by us: a square of two triangles, a few photographs.

File names, structure and wording follow what each module of ``pipeline/scan/exports`` gives as its source; no
file comes from a program.
"""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

from tests.formats.made import image

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"
FACES = "f 1/1 2/2 3/3\nf 1/1 3/3 4/4\n"


def text(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def plain_obj(path: Path) -> Path:
    return text(path, SQUARE + FACES)


def textured_obj(path: Path, picture: str = "") -> Path:
    picture = picture or f"{path.stem}.png"
    text(path.with_suffix(".mtl"), f"newmtl material_00\nmap_Kd {picture}\n")
    image(path.parent / picture)
    return text(path, f"mtllib {path.stem}.mtl\n{SQUARE}usemtl material_00\n{FACES}")


def ply(path: Path, *, faces: bool, texture: str = "") -> Path:
    head = "ply\nformat ascii 1.0\n" + (f"comment TextureFile {texture}\n" if texture else "")
    head += "element vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element face 1\nproperty list uchar int vertex_indices\n" if faces else ""
    return text(path, head + "end_header\n0 0 0\n1 0 0\n0 1 0\n" + ("3 0 1 2\n" if faces else ""))


CAMERAS_XML = """<?xml version="1.0" encoding="UTF-8"?>
<document version="2.0.0">
  <chunk label="Chunk 1" enabled="true">
    <sensors next_id="1">
      <sensor id="0" label="Canon EOS 5D, EF 50mm (50mm)" type="frame"><resolution width="8" height="6"/></sensor>
    </sensors>
    <components next_id="1" active_id="0">
      <component id="0" label="Component 1">
        <transform>
          <rotation locked="true">1 0 0 0 1 0 0 0 1</rotation>
          <translation locked="true">0 0 0</translation>
          <scale locked="true">0.125</scale>
        </transform>
      </component>
    </components>
    <cameras next_id="3" next_group_id="0">
      <camera id="0" sensor_id="0" component_id="0" label="a.jpg"><transform>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</transform></camera>
      <group id="0" label="g"><camera id="1" sensor_id="0" component_id="0" label="b.jpg"><transform>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</transform></camera></group>
      <camera id="2" sensor_id="0" label="c.jpg"/>
    </cameras>
    <scalebars next_id="2" next_group_id="0">
      <scalebar id="0" label="target 1_target 2"><reference distance="0.25" enabled="true"/></scalebar>
      <scalebar id="1" label="target 3_target 4"><reference distance="0.5" enabled="true"/></scalebar>
      <scalebar id="2" label="off"><reference distance="9" enabled="false"/></scalebar>
    </scalebars>
    <reference>LOCAL_CS["Local Coordinates (m)",LOCAL_DATUM["Local Datum",0],UNIT["metre",1]]</reference>
  </chunk>
</document>
"""  # noqa: E501 - as the program writes it


def metashape(folder: Path) -> Path:
    """The model in two formats, a cloud, cameras, the report and the project."""
    textured_obj(folder / "lotus tile.obj")
    ply(folder / "lotus tile.ply", faces=True, texture="lotus tile.png")
    ply(folder / "dense_cloud.ply", faces=False)
    text(folder / "cameras.xml", CAMERAS_XML)
    text(folder / "report.pdf", "%PDF-1.4\n")
    text(
        folder / "lotus.psx",
        '<?xml version="1.0" encoding="UTF-8"?>\n<document version="1.2.0" '
        'path="{projectname}.files/project.zip"/>\n',
    )
    project = (
        '<document version="1.2.0"><chunks next_id="1"><chunk id="0" path="0/chunk.zip"/></chunks><meta>'
        '<property name="Info/LastSavedSoftwareVersion" value="2.1.2.18358"/></meta></document>'
    )
    frame = (
        '<frame version="1.2.0"><cameras><camera camera_id="0"><photo path="../../../a.jpg"><meta>'
        '<property name="Exif/Make" value="Canon"/><property name="Exif/Model" value="EOS 5D Mark IV"/>'
        '<property name="Exif/DateTimeOriginal" value="2024:05:01 10:00:00"/>'
        "</meta></photo></camera></cameras></frame>"
    )
    for name, content in (("project", project), ("0/chunk", "<chunk/>"), ("0/0/frame", frame)):
        path = folder / "lotus.files" / f"{name}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.xml", content)
    return folder


RC_INFO = """<Model globalCoordinateSystem="+proj=utm +zone=44 +datum=WGS84 +units=m +no_defs"
   globalCoordinateSystemName="epsg:32644 - WGS 84 / UTM zone 44N" exportCoordinateSystemType="1">
  <globalCoordinateSystemWkt>PROJCS["WGS_1984_UTM_Zone_44N"]</globalCoordinateSystemWkt>
  <transformToModel>0 1 0 -587.5 1 0 0 12 0 0 1 0 0 0 0 1</transformToModel>
  <Header magic="5786959" version="1"/>
</Model>
<ModelExport exportBinary="1" exportInfoFile="1" settingsAnchor="0 0 0" settingsScalex="1"
   settingsScaley="1" settingsScalez="1" formatAndVersionUID="obj 000 ">
  <Header magic="5786949" version="5"/>
</ModelExport>
<CalibrationExportSettings exportUndistorted="0" exportDisabled="0"/>
"""


def realitycapture(folder: Path) -> Path:
    """A model with its info file, the plain one that it was made of, and the list of cameras."""
    textured_obj(folder / "mirror.obj", "mirror_u1_v1_diffuse.png")
    text(folder / "mirror.obj.rcInfo", RC_INFO)
    plain_obj(folder / "mirror_raw.obj")
    text(
        folder / "cameras.csv",
        "#cameras 2\n#name,x,y,alt,heading,pitch,roll\na.jpg,0,0,1,0,0,0\nb.jpg,1,0,1,0,0,0\n",
    )
    return folder


def realityscan_parts(folder: Path) -> Path:
    """A wall saved by parts, each with its info file."""
    for number in range(3):
        path = folder / f"wall_{number:07d}.obj"
        textured_obj(path)
        x = number * 1.0
        moved = path.read_text().replace(
            SQUARE, SQUARE.replace("v 1 ", f"v {x + 1} ").replace("v 0 ", f"v {x} ")
        )
        path.write_text(moved)
        text(folder / f"{path.name}.rsInfo", RC_INFO)
    return folder


def meshroom(folder: Path) -> Path:
    """A project with its cache: mesh, filtered mesh, textured mesh, cameras."""
    cache = folder / "MeshroomCache"
    plain_obj(cache / "Meshing" / ("1" * 40) / "mesh.obj")
    plain_obj(cache / "MeshFiltering" / ("2" * 40) / "mesh.obj")
    textured_obj(cache / "Texturing" / ("3" * 40) / "texturedMesh.obj", "texture_1001.png")
    views = [
        {
            "viewId": str(n),
            "path": f"/home/somebody/{n}.jpg",
            "metadata": {
                "Make": "NIKON CORPORATION",
                "Model": "NIKON D850",
                "Exif:DateTimeOriginal": f"2023:10:0{n + 2} 09:00:00",
            },
        }
        for n in range(3)
    ]
    poses = [{"poseId": "0", "pose": {"transform": {}, "locked": "1"}}] * 2
    scene = {"version": ["1", "2", "3"], "views": views, "intrinsics": [], "poses": poses}
    text(cache / "StructureFromMotion" / ("4" * 40) / "cameras.sfm", json.dumps(scene))
    header = {"pipelineVersion": "2.2", "releaseVersion": "2023.3.0", "nodesVersions": {"Texturing": "6.0"}}
    text(folder / "jar.mg", json.dumps({"header": header, "graph": {}}))
    return folder


def odm(folder: Path) -> Path:
    """A project as WebODM packs it: textured model, 2.5D model, mesh, clouds, report, coordinates."""
    textured_obj(
        folder / "odm_texturing" / "odm_textured_model_geo.obj",
        "odm_textured_model_geo_material0000_map_Kd.png",
    )
    text(folder / "odm_texturing" / "odm_textured_model_geo.glb", b"glTF")
    textured_obj(folder / "odm_texturing_25d" / "odm_textured_model_geo.obj")
    ply(folder / "odm_meshing" / "odm_mesh.ply", faces=True)
    ply(folder / "odm_filterpoints" / "point_cloud.ply", faces=False)
    text(folder / "odm_georeferencing" / "coords.txt", "WGS84 UTM 44N\n717623 8278698\n1.5 2.5 3.5\n4 5 6\n")
    stats = {
        "processing_statistics": {"date": "27/08/2024 at 11:29:17", "steps_times": {}},
        "reconstruction_statistics": {
            "components": 1,
            "has_gps": True,
            "initial_shots_count": 40,
            "reconstructed_shots_count": 38,
            "reprojection_error_pixels": 0.8125,
        },
    }
    text(folder / "odm_report" / "stats.json", json.dumps(stats))
    text(folder / "odm_report" / "report.pdf", "%PDF-1.4\n")
    text(folder / "log.json", json.dumps({"odmVersion": "3.5.4", "images": 40}))
    photos = [
        {"filename": "a.jpg", "camera_make": "DJI", "camera_model": "FC330", "utc_time": 1_700_000_000_000.0}
    ]
    text(folder / "images.json", json.dumps(photos))
    text(folder / "cameras.json", json.dumps({"v2 dji fc330 4000 3000 brown 0.6666": {}}))
    return folder


def colmap(folder: Path) -> Path:
    """A workspace: sparse model in binary, dense cloud, two meshes."""
    sparse = folder / "sparse" / "0"
    text(sparse / "cameras.bin", struct.pack("<QIiQQ4d", 1, 1, 1, 8, 6, 1, 1, 4, 3))
    text(
        sparse / "images.bin",
        struct.pack("<Q", 2)
        + 2 * (struct.pack("<I7dI", 1, *[0.0] * 7, 1) + b"a.jpg\0" + struct.pack("<Q", 0)),
    )
    points = b"".join(
        struct.pack("<QdddBBBdQ", n, 0, 0, 0, 1, 2, 3, error, 2) + bytes(16)
        for n, error in enumerate((0.5, 1.0))
    )
    text(sparse / "points3D.bin", struct.pack("<Q", 2) + points)
    ply(folder / "fused.ply", faces=False)
    ply(folder / "meshed-poisson.ply", faces=True)
    ply(folder / "meshed-delaunay.ply", faces=True)
    return folder


def openmvs(folder: Path) -> Path:
    """What the four programs leave, with a COLMAP model in text beside it."""
    text(folder / "scene.mvs", b"MVSI\0\0\0\0")
    text(folder / "scene_dense.mvs", b"MVS\0\0\0\0\0")
    ply(folder / "scene_dense.ply", faces=False)
    ply(folder / "scene_dense_mesh.ply", faces=True)
    ply(folder / "scene_dense_mesh_refine.ply", faces=True)
    textured_obj(
        folder / "scene_dense_mesh_refine_texture.obj",
        "scene_dense_mesh_refine_texture_material_00_map_Kd.jpg",
    )
    text(
        folder / "TextureMesh-2405281248218B4715.log",
        "12:49:02 [App     ] OpenMVS x64 v2.3.0\n12:49:02 [App     ] Build date\n",
    )
    text(folder / "sparse" / "cameras.txt", "# Camera list\n1 PINHOLE 8 6 4 4 4 3\n")
    text(
        folder / "sparse" / "images.txt",
        "# Image list\n# Number of images: 7, mean observations per image: 2\n",
    )
    text(
        folder / "sparse" / "points3D.txt",
        "# 3D point list\n1 0 0 0 1 2 3 0.25 1 2\n2 0 0 0 1 2 3 0.75 1 2\n",
    )
    return folder
