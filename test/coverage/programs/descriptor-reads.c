// descriptor-reads WAY PATH [DESTINATION]: opens the trap with open(2) and gets its bytes in one way.
#include "access.h"
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static _Alignas(4096) char room[ROOM];

static long size_of(int fd)
{
	struct stat facts;
	need("fstat", fstat(fd, &facts));
	return facts.st_size;
}

static void by_mapping(int fd, int flags)
{
	long size = size_of(fd);
	void *at = mmap(NULL, size, PROT_READ, flags, fd, 0);
	if (at == MAP_FAILED)
		refused("mmap");
	// Copied by this program itself: write(2) from a mapping that was not touched yet faults in the kernel.
	memcpy(room, at, size < ROOM ? size : ROOM);
	show(room, size < ROOM ? size : ROOM);
}

static void by_splice(int fd, int with_tee)
{
	int first[2], second[2];
	need("pipe", pipe(first));
	need("pipe", pipe(second));
	long got = need("splice", splice(fd, NULL, first[1], NULL, ROOM, 0));
	if (with_tee)
		need("tee", tee(first[0], second[1], got, 0));
	show(room, need("read of a pipe", read(with_tee ? second[0] : first[0], room, ROOM)));
}

static void by_sendfile(int fd)
{
	int ends[2];
	need("pipe", pipe(ends));
	need("sendfile", sendfile(ends[1], fd, NULL, size_of(fd)));
	show(room, need("read of a pipe", read(ends[0], room, ROOM)));
}

static void by_aio(int fd)
{
	aio_context_t context = 0;
	struct iocb block = { .aio_fildes = fd, .aio_lio_opcode = IOCB_CMD_PREAD, .aio_buf = (unsigned long)room,
			      .aio_nbytes = ROOM }, *list = &block;
	struct io_event event;
	need("io_setup", syscall(SYS_io_setup, 1, &context));
	need("io_submit", syscall(SYS_io_submit, context, 1, &list));
	need("io_getevents", syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
	errno = (int)-event.res;
	show(room, need("aio read", event.res));
}

static void copy(int fd, const char *destination, int as_reflink)
{
	int to = (int)need("open of the destination", open(destination, O_WRONLY | O_CREAT | O_EXCL, 0600));
	if (as_reflink)
		need("FICLONE", ioctl(to, FICLONE, fd));
	else
		need("copy_file_range", copy_file_range(fd, NULL, to, NULL, size_of(fd), 0));
}

int main(int count, char **words)
{
	if (count < 3)
		return 2;
	const char *way = words[1], *path = words[2];
	struct iovec vector = { room, ROOM };
	int fd = open_trap(path, strcmp(way, "direct") ? O_RDONLY : O_RDONLY | O_DIRECT);
	if (!strcmp(way, "open"))
		return 0;
	if (!strcmp(way, "read") || !strcmp(way, "direct"))
		show(room, need("read", read(fd, room, ROOM)));
	else if (!strcmp(way, "pread"))
		show(room, need("pread", pread(fd, room, ROOM, 0)));
	else if (!strcmp(way, "readv"))
		show(room, need("readv", readv(fd, &vector, 1)));
	else if (!strcmp(way, "preadv2"))
		show(room, need("preadv2", preadv2(fd, &vector, 1, 0, 0)));
	else if (!strcmp(way, "mmap-private"))
		by_mapping(fd, MAP_PRIVATE);
	else if (!strcmp(way, "mmap-shared"))
		by_mapping(fd, MAP_SHARED);
	else if (!strcmp(way, "mmap-populate"))
		by_mapping(fd, MAP_PRIVATE | MAP_POPULATE);
	else if (!strcmp(way, "sendfile"))
		by_sendfile(fd);
	else if (!strcmp(way, "splice"))
		by_splice(fd, 0);
	else if (!strcmp(way, "tee"))
		by_splice(fd, 1);
	else if (!strcmp(way, "aio"))
		by_aio(fd);
	else if (count > 3 && !strcmp(way, "copy-file-range"))
		copy(fd, words[3], 0);
	else if (count > 3 && !strcmp(way, "reflink"))
		copy(fd, words[3], 1);
	else
		return 2;
	return 0;
}
