// other-opens WAY PATH [FOLDER]: gets a descriptor of the trap in an unusual way, and reads it.
#include "access.h"
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/openat2.h>

static char room[ROOM];

/** A system call by the 32-bit gate; its pointers must lie below 4 GiB (arch/x86/entry/entry_64_compat.S). */
static long call_32(long number, long first, long second, long third)
{
	long result;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(first), "c"(second), "d"(third)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = result < 0 ? (int)-result : 0;
	return result;
}

static void by_int80(const char *path)
{
	enum { read_32 = 3, open_32 = 5 };
	char *low = mmap(NULL, 2 * ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		refused("mmap below 4 GiB");
	snprintf(low, ROOM, "%s", path);
	long fd = need("int 0x80 open", call_32(open_32, (long)low, O_RDONLY, 0));
	show(low + ROOM, need("int 0x80 read", call_32(read_32, fd, (long)(low + ROOM), ROOM)));
}

static int by_handle(const char *path, const char *mounted)
{
	struct {
		struct file_handle head;
		unsigned char rest[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, mount = (int)need("open of the mount", open(mounted, O_RDONLY | O_DIRECTORY));
	need("name_to_handle_at", name_to_handle_at(AT_FDCWD, path, &handle.head, &mount_id, 0));
	return (int)need("open_by_handle_at", open_by_handle_at(mount, &handle.head, O_RDONLY));
}

static int by_o_path(const char *path)
{
	char again[64];
	snprintf(again, sizeof again, "/proc/self/fd/%d", open_trap(path, O_PATH));
	return open_trap(again, O_RDONLY);
}

int main(int count, char **words)
{
	if (count < 3)
		return 2;
	const char *way = words[1], *path = words[2];
	struct open_how how = { .flags = O_RDONLY };
	int fd = -1;
	if (!strcmp(way, "int80"))
		return by_int80(path), 0;
	if (!strcmp(way, "o-path"))
		fd = by_o_path(path);
	else if (!strcmp(way, "open"))
		fd = (int)need("open", syscall(SYS_open, path, O_RDONLY));
	else if (!strcmp(way, "openat2"))
		fd = (int)need("openat2", syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
	else if (!strcmp(way, "handle") && count > 3)
		fd = by_handle(path, words[3]);
	else
		return 2;
	show(room, need("read", read(fd, room, ROOM)));
	return 0;
}
