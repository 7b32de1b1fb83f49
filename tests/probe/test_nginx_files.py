import os
import subprocess
import sys

import pytest

from ws101.errors import UnreadableInput
from ws101.nginx.tree import printed, walk
from ws101.probe.nginx_files import LARGEST, open_configuration, place_of, read_configuration


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def names(configuration):
    return [d.name for d in walk(configuration.main.directives) if d.name != "include"]


def troubles(configuration):
    return [trouble.what for trouble in configuration.troubles]


def test_a_file_with_relative_includes_and_globs_in_the_order_of_bytes(tmp_path):
    write(tmp_path, {
        "nginx.conf": "a; include d/*.conf; include one; z;", "one": "o;", "d/b.conf": "b;", "d/C.conf": "c;",
        "d/.hidden.conf": "h;", "d/x.txt": "x;", "d/deep/e.conf": "e;",
    })  # fmt: skip
    configuration = read_configuration(str(tmp_path / "nginx.conf"))
    assert names(configuration) == ["a", "c", "b", "o", "z"]
    assert configuration.whole


def test_globs_in_directories(tmp_path):
    write(
        tmp_path,
        {"nginx.conf": "include */[!b]?.conf;", "d/a1.conf": "a;", "d/b1.conf": "b;", "e/c1.conf": "c;"},
    )
    assert names(read_configuration(str(tmp_path))) == ["a", "c"]


def test_a_directory_stands_for_its_main_file(tmp_path):
    write(tmp_path, {"etc/nginx/nginx.conf": "a;"})
    assert names(read_configuration(str(tmp_path / "etc" / "nginx"))) == ["a"]
    assert names(read_configuration(str(tmp_path))) == ["a"]


def test_a_directory_without_a_main_file_is_refused(tmp_path):
    with pytest.raises(UnreadableInput, match="there is no nginx"):
        read_configuration(str(tmp_path))


def test_a_file_of_conf_d_alone_looks_up_its_includes_where_the_main_file_would_be(tmp_path):
    write(tmp_path, {"conf.d/site.conf": "server { include snippets/ws.conf; }", "snippets/ws.conf": "a;"})
    configuration = read_configuration(str(tmp_path / "conf.d" / "site.conf"))
    assert names(configuration) == ["server", "a"]
    assert configuration.whole


def test_a_name_that_is_missing_is_said_and_a_glob_of_nothing_is_none(tmp_path):
    write(tmp_path, {"nginx.conf": "include gone; include gone/*.conf;"})
    assert troubles(read_configuration(str(tmp_path))) == [f"{tmp_path}/gone was not found"]


def test_bytes_that_are_no_utf_8_come_back_as_they_were(tmp_path):
    content = b"a '\xff\xe4';\r\n# \xc3\xa4\r\n"
    write(tmp_path, {"nginx.conf": content})
    configuration = read_configuration(str(tmp_path))
    assert printed(configuration.main).encode("utf-8", "surrogateescape") == content


# ---- below a root


def test_absolute_paths_are_looked_up_below_the_root(tmp_path):
    write(
        tmp_path,
        {"etc/nginx/nginx.conf": "include /etc/nginx/conf.d/*.conf;", "etc/nginx/conf.d/a.conf": "a;"},
    )
    for given in (
        "/etc/nginx/nginx.conf",
        "/etc/nginx",
        str(tmp_path),
        str(tmp_path / "etc/nginx/nginx.conf"),
    ):
        configuration = read_configuration(given, str(tmp_path))
        assert [file.name for file in configuration.files] == [
            "/etc/nginx/nginx.conf",
            "/etc/nginx/conf.d/a.conf",
        ]
    assert place_of("/etc/nginx/conf.d/a.conf", str(tmp_path)).read_text() == "a;"


def test_links_stay_below_the_root(tmp_path):
    outside = write(tmp_path / "outside", {"etc/secret": "outside;", "x": "outside;"})
    root = write(tmp_path / "root", {"etc/nginx/nginx.conf": "include on/*;", "etc/secret": "inside;"})
    on = root / "etc/nginx/on"
    on.mkdir()
    (on / "a").symlink_to("/etc/secret")
    (on / "b").symlink_to("../../../../../../../../etc/secret")
    (on / "c").symlink_to(outside / "x")
    configuration = read_configuration("/etc/nginx", str(root))
    assert names(configuration) == ["inside", "inside"]
    assert troubles(configuration) == ["/etc/nginx/on/c could not be read: there is no such file"]


def test_linked_directories_are_gone_into(tmp_path):
    root = write(tmp_path, {"etc/nginx/nginx.conf": "include on/*.conf;", "etc/other/a.conf": "a;"})
    (root / "etc/nginx/on").symlink_to("/etc/other")
    assert names(read_configuration("/etc/nginx", str(root))) == ["a"]


def test_links_that_go_round_in_a_circle_are_said(tmp_path):
    root = write(tmp_path, {"nginx.conf": "include on/*;"})
    (root / "on").mkdir()
    (root / "on/a").symlink_to("b")
    (root / "on/b").symlink_to("a")
    (root / "main.conf").symlink_to("main.conf")
    for below in (None, str(root)):
        said = troubles(read_configuration(str(root / "nginx.conf"), below))
        assert len(said) == 2
        assert all("could not be read: its symbolic links go round in a circle" in what for what in said)
        with pytest.raises(UnreadableInput, match="go round in a circle"):
            read_configuration(str(root / "main.conf"), below)


def test_a_root_that_is_none_is_refused(tmp_path):
    with pytest.raises(UnreadableInput, match="it is no directory"):
        read_configuration("/etc/nginx", str(tmp_path / "gone"))


# ---- dumps


DUMP = "# configuration file /etc/nginx/nginx.conf:\ninclude conf.d/*.conf;\n\n# configuration file /etc/nginx/conf.d/a.conf:\na;\n\n"


def test_a_dump_in_a_file(tmp_path):
    write(tmp_path, {"dump.txt": DUMP})
    opened = open_configuration(str(tmp_path / "dump.txt"))
    assert opened.dump
    assert names(opened.configuration) == ["a"]


@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
def test_a_dump_that_is_piped_in(path, tmp_path):
    program = f"from ws101.probe.nginx_files import open_configuration as o; print([f.name for f in o({path!r}).configuration.files])"
    done = subprocess.run(
        [sys.executable, "-c", program], input=DUMP, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['/etc/nginx/nginx.conf', '/etc/nginx/conf.d/a.conf']\n"


# ---- what is no configuration


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\x7fELF\0\0", "it is no text: it holds NUL bytes"), ("a;".encode("utf-16"), "NUL bytes")],
)
def test_what_is_no_text(content, why, tmp_path):
    write(tmp_path, {"x.conf": content, "nginx.conf": "include x.conf;"})
    with pytest.raises(UnreadableInput, match=why):
        read_configuration(str(tmp_path / "x.conf"))
    assert why in troubles(read_configuration(str(tmp_path)))[0]


def test_what_is_too_large_is_not_read(tmp_path):
    write(tmp_path, {"nginx.conf": "include x.conf;"})
    with (tmp_path / "x.conf").open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(UnreadableInput, match=f"it is larger than {LARGEST >> 20} MiB"):
        read_configuration(str(tmp_path / "x.conf"))
    assert "larger than" in troubles(read_configuration(str(tmp_path)))[0]


def test_what_is_no_file_is_not_waited_for(tmp_path):
    write(tmp_path, {"nginx.conf": "include pipe; include d; include /dev/zero;", "d/x": ""})
    os.mkfifo(tmp_path / "pipe")
    assert troubles(read_configuration(str(tmp_path))) == [
        f"{tmp_path}/pipe could not be read: it is a pipe",
        f"{tmp_path}/d could not be read: it is a directory",
        "/dev/zero could not be read: it is a device",
    ]
    with pytest.raises(UnreadableInput, match="it is a pipe"):
        read_configuration(str(tmp_path / "pipe"))


def test_what_may_not_be_read_is_said(tmp_path):
    write(tmp_path, {"nginx.conf": "include x;", "x": "a;"})
    (tmp_path / "x").chmod(0)
    if os.access(tmp_path / "x", os.R_OK):
        pytest.skip("files that may not be read (run the tests as another user than root)")
    assert troubles(read_configuration(str(tmp_path))) == [
        f"{tmp_path}/x could not be read: Permission denied"
    ]


@pytest.mark.parametrize("path", ["", "a\0b", "/nowhere/nginx.conf"])
def test_what_is_not_there_is_refused(path):
    with pytest.raises(UnreadableInput):
        read_configuration(path)
