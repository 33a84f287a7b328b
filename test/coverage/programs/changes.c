// changes WAY PATH [OTHER]: changes the trap as no coreutils program does.
#include "access.h"
#include <sys/mman.h>
#include <sys/stat.h>

static void write_mapped(const char *path)
{
	char *at = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, open_trap(path, O_RDWR), 0);
	if (at == MAP_FAILED)
		refused("mmap");
	*at = 'x';
	need("msync", msync(at, 1, MS_SYNC));
}

/** Makes the trap a program of the intruder's own, and runs it: the same process all along. */
static void replace_and_run(const char *path)
{
	static const char script[] = "#!/bin/true\n";
	int fd = open_trap(path, O_WRONLY | O_TRUNC);
	need("write", write(fd, script, sizeof script - 1));
	need("fchmod", fchmod(fd, 0755));
	need("close", close(fd));
	execl(path, path, NULL);
	refused("exec");
}

int main(int count, char **words)
{
	if (count < 3)
		return 2;
	const char *way = words[1], *path = words[2];
	if (!strcmp(way, "write"))
		need("write", write(open_trap(path, O_WRONLY), "x", 1));
	else if (!strcmp(way, "truncate"))
		need("truncate", truncate(path, 1));
	else if (!strcmp(way, "ftruncate"))
		need("ftruncate", ftruncate(open_trap(path, O_WRONLY), 1));
	else if (!strcmp(way, "mapped"))
		write_mapped(path);
	else if (!strcmp(way, "replace-and-run"))
		replace_and_run(path);
	else if (!strcmp(way, "exchange") && count > 3)
		need("renameat2", renameat2(AT_FDCWD, path, AT_FDCWD, words[3], RENAME_EXCHANGE));
	else if (!strcmp(way, "exec-no-program")) {
		// The kernel opens the file and reads its start before it finds that it is no program.
		execl(path, path, NULL);
		if (errno != ENOEXEC)
			refused("exec");
	} else if (!strcmp(way, "rename-then-read") && count > 3) {
		char room[ROOM];
		need("rename", rename(path, words[3]));
		show(room, need("read", read(open_trap(words[3], O_RDONLY), room, ROOM)));
	} else {
		return 2;
	}
	return 0;
}
