from ws101.nginx.include import Source, assemble, dumped
from ws101.nginx.tree import printed, walk


def reader(files):
    return lambda pattern: (Source(pattern, files[pattern]),) if pattern in files else ()


def names(configuration):
    return [d.name for d in walk(configuration.main.directives) if d.name != "include"]


def test_a_file_is_included_in_its_place():
    read = reader({"/etc/n/main": "a; include x; d;", "/etc/n/x": "b; c;"})
    configuration = assemble("/etc/n/main", read)
    assert names(configuration) == ["a", "b", "c", "d"]
    assert configuration.whole
    assert [printed(file) for file in configuration.files] == ["a; include x; d;", "b; c;"]


def test_relative_names_are_looked_up_beside_the_main_file():
    read = reader({"/etc/n/main": "include d/x;", "/etc/n/d/x": "include y;", "/etc/n/y": "b;"})
    assert names(assemble("/etc/n/main", read)) == ["b"]


def test_what_is_missing_is_said_and_an_empty_glob_is_none():
    configuration = assemble("/main", reader({"/main": "include x; include *.conf;"}))
    assert [(str(t.place), t.what) for t in configuration.troubles] == [("/main:1", "/x was not found")]


def test_a_loop_is_said():
    read = reader({"/main": "include x;", "/x": "a; include main;"})
    configuration = assemble("/main", read)
    assert names(configuration) == ["a"]
    assert [t.what for t in configuration.troubles] == ["/main includes itself, by way of /main and /x"]


def test_what_cannot_be_opened_is_said():
    read = {"/main": (Source("/main", "include x;"),), "/x": (Source("/x", None, "Permission denied"),)}
    configuration = assemble("/main", read.__getitem__)
    assert [t.what for t in configuration.troubles] == ["/x could not be read: Permission denied"]


def test_a_missing_main_file():
    configuration = assemble("/main", reader({}))
    assert [t.what for t in configuration.troubles] == ["it was not found"]


DUMP = """\
nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
# configuration file /etc/nginx/nginx.conf:
http { include conf.d/*.conf; }

# configuration file /etc/nginx/conf.d/b.conf:
b;

# configuration file /etc/nginx/conf.d/a.conf:
a;

# configuration file /etc/nginx/conf.d/deeper/c.conf:
c;

"""


def test_a_dump_is_read_as_the_files_it_holds():
    main, read = dumped(DUMP)
    configuration = assemble(main, read)
    assert main == "/etc/nginx/nginx.conf"
    assert names(configuration) == ["http", "a", "b"]
    assert str(configuration.files[1].directives[0].place) == "/etc/nginx/conf.d/a.conf:1"


def test_other_text_is_no_dump():
    assert dumped("http { }") is None
