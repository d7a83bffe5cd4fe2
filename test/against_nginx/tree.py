"""The files that both proxies serve, the same in each one's folder."""
import os

# Name: text. A name that ends in a slash is a folder; "> x" is a link to x.
TREE = {
    "index.html": "<p>index</p>\n",
    "a.txt": "0123456789",
    "empty.txt": "",
    "big.bin": "".join("%07d\n" % i for i in range(40000)),
    "page.HTML": "page\n",
    "no-ending": "no ending\n",
    ".hidden": "hidden\n",
    "x.y/z": "dots in a folder\n",
    "x.unknown": "unknown\n",
    "pic.gif": "GIF",
    "with space/c d.css": "css\n",
    "dir/index.html": "dir index\n",
    "dir/other.htm": "dir other\n",
    "dir/page.html": "dir page\n",
    "empty/": "",
    "errors/404.html": "the page of 404\n",
    "errors/50x.html": "the page of 50x\n",
    "link.txt": "> a.txt",
    "linked": "> dir",
    "broken": "> nowhere",
    "locked/secret.html": "secret\n",
    "locked.txt": "locked\n",
    "try/page.html": "try page\n",
    "try/dir/index.html": "try dir\n",
}
WHEN = 1_700_000_000  # Tue, 14 Nov 2023 22:13:20 GMT


def make_tree(folder):
    for name, text in TREE.items():
        path = os.path.join(folder, name)
        if name.endswith("/"):
            os.makedirs(path)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if text.startswith("> "):
            os.symlink(text[2:], path)
            continue
        with open(path, "w") as file:
            file.write(text)
        os.utime(path, (WHEN, WHEN))
    # Where both run as root their workers are nobody.
    os.chmod(os.path.join(folder, "locked"), 0)
    os.chmod(os.path.join(folder, "locked.txt"), 0)
