// container ROOT FOLDER PROGRAM ARG...: runs a program in namespaces of its own and a root of its own,
// with a folder of the host bound to /data there, as container runtimes do.
#include "access.h"
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void enter(const char *root, const char *folder)
{
	char data[4096];
	snprintf(data, sizeof data, "%s/data", root);
	need("mount private", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need("mount root", mount(root, root, NULL, MS_BIND, NULL));
	need("mount data", mount(folder, data, NULL, MS_BIND, NULL));
	need("chdir", chdir(root));
	need("pivot_root", syscall(SYS_pivot_root, ".", "."));
	need("umount", umount2(".", MNT_DETACH));
	need("chdir", chdir("/"));
}

int main(int count, char **words)
{
	int status;
	if (count < 4)
		return 2;
	need("unshare", unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP));
	pid_t child = (pid_t)need("fork", fork());
	if (child == 0) {
		enter(words[1], words[2]);
		execv(words[3], words + 3);
		refused("exec");
	}
	did("open", child);
	did("read", child);
	need("waitpid", waitpid(child, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}
