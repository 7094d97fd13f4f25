"""system-log.py NODE TOP JOURNAL: repairs with a socket of our own at /dev/log, in a mount namespace of
our own, and prints the datagrams that came, a line each."""
import os, socket, subprocess, sys, tempfile

node, top, journal = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
subprocess.run(["mount", "--make-rprivate", "/"], check=True)
place = tempfile.mkdtemp()
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind(place + "/log")
log.settimeout(0.5)
# Nothing but these: another log socket of the machine is out of reach.
subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
existed = os.path.lexists("/dev/log")
if existed and os.path.islink("/dev/log"):
    subprocess.run(["mount", "-t", "tmpfs", "none", "/dev"], check=True)
    for name, number in (("null", 3), ("urandom", 9)):
        os.mknod("/dev/" + name, 0o20666, os.makedev(1, number))
    existed = False
if not existed:
    open("/dev/log", "w").close()
subprocess.run(["mount", "--bind", place + "/log", "/dev/log"], check=True)
try:
    subprocess.run([node, here + "/repair.mjs", top, journal], check=True, stdout=subprocess.DEVNULL)
finally:
    subprocess.run(["umount", "/dev/log"], check=True)
    if not existed:
        os.unlink("/dev/log")
    subprocess.run(["umount", "-l", "/run"], check=True)
while True:
    try:
        print(log.recv(65536).decode())
    except socket.timeout:
        break
