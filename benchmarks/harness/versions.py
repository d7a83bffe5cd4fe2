"""What the machine, the compiler and the libraries are: figures of different ones cannot be compared."""
import os
import pathlib
import platform
import re
import subprocess

# Libraries choose their code by these; of them is only what valgrind knows, too.
_FEATURES = ("sse4_2", "avx", "avx2", "aes", "erms", "pclmulqdq")


def output_of(*command):
    """The first line that a command prints, on either stream; empty where it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + done.stderr).strip().partition("\n")[0]


def _cache(build):
    try:
        return dict(re.findall(r"^(\w+):\w+=(.*)$", (pathlib.Path(build) / "CMakeCache.txt").read_text(), re.M))
    except OSError:
        return {}


def _boost():
    try:
        found = re.search(r"#define BOOST_VERSION (\d+)", pathlib.Path("/usr/include/boost/version.hpp").read_text())
    except OSError:
        return ""
    return f"{int(found[1]) // 100000}.{int(found[1]) // 100 % 1000}"


def cpu_info():
    try:
        return pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""


def of_guard(build):
    """What instructions per request depend on besides our own code."""
    compiler = _cache(build).get("CMAKE_CXX_COMPILER", "c++")
    flags = re.search(r"^flags\s*:(.*)$", cpu_info(), re.M)
    has = set(flags[1].split()) if flags else set()
    return {
        "compiler": re.sub(r"^.*?/", "", output_of(compiler, "--version")),
        "libc": " ".join(platform.libc_ver()),
        "openssl": output_of("openssl", "version").partition(" (")[0],
        "boost": _boost(),
        "libsodium": output_of("pkg-config", "--modversion", "libsodium"),
        "gmp": output_of("pkg-config", "--modversion", "gmp"),
        "pcre2": output_of("pkg-config", "--modversion", "libpcre2-8"),
        "valgrind": output_of("valgrind", "--version"),
        "processor": " ".join([platform.machine(), *(f for f in _FEATURES if f in has)]),
    }


def differing(then, now):
    """One sentence for each thing that is not as it was."""
    return [f"{name} is {now.get(name) or 'not there'}, the baseline's was {then.get(name) or 'not there'}"
            for name in sorted({*then, *now}) if then.get(name) != now.get(name)]


def processor():
    found = re.search(r"^model name\s*:\s*(.*)$", cpu_info(), re.M)
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores"
