/* fsync and fdatasync that hang while the file named by SLOW_FSYNC exists: a memory card that is busy with itself.
 *
 *     cc -shared -fPIC -o slow_fsync.so slow_fsync.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void hang(void)
{
    const char *flag = getenv("SLOW_FSYNC");
    while (flag && access(flag, F_OK) == 0)
        usleep(20000);
}

int fsync(int file)
{
    hang();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file)
{
    hang();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
