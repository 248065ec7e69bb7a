/* decode/rpc_winreg.c - WINREG: the registry from elsewhere (MS-RRP 3.1.5). Its operations are counted by name. */
#include "decode/rpcif.h"

static const struct rpc_op ops[] = {{0, "OpenClassesRoot", NULL},
                                    {1, "OpenCurrentUser", NULL},
                                    {2, "OpenLocalMachine", NULL},
                                    {3, "OpenPerformanceData", NULL},
                                    {4, "OpenUsers", NULL},
                                    {5, "BaseRegCloseKey", NULL},
                                    {6, "BaseRegCreateKey", NULL},
                                    {7, "BaseRegDeleteKey", NULL},
                                    {8, "BaseRegDeleteValue", NULL},
                                    {9, "BaseRegEnumKey", NULL},
                                    {10, "BaseRegEnumValue", NULL},
                                    {11, "BaseRegFlushKey", NULL},
                                    {12, "BaseRegGetKeySecurity", NULL},
                                    {13, "BaseRegLoadKey", NULL},
                                    {15, "BaseRegOpenKey", NULL},
                                    {16, "BaseRegQueryInfoKey", NULL},
                                    {17, "BaseRegQueryValue", NULL},
                                    {18, "BaseRegReplaceKey", NULL},
                                    {19, "BaseRegRestoreKey", NULL},
                                    {20, "BaseRegSaveKey", NULL},
                                    {21, "BaseRegSetKeySecurity", NULL},
                                    {22, "BaseRegSetValue", NULL},
                                    {23, "BaseRegUnLoadKey", NULL},
                                    {24, "BaseInitiateSystemShutdown", NULL},
                                    {25, "BaseAbortSystemShutdown", NULL},
                                    {26, "BaseRegGetVersion", NULL},
                                    {27, "OpenCurrentConfig", NULL},
                                    {29, "BaseRegQueryMultipleValues", NULL},
                                    {30, "BaseInitiateSystemShutdownEx", NULL},
                                    {31, "BaseRegSaveKeyEx", NULL},
                                    {32, "OpenPerformanceText", NULL},
                                    {33, "OpenPerformanceNlsText", NULL},
                                    {34, "BaseRegQueryMultipleValues2", NULL},
                                    {35, "BaseRegDeleteKeyEx", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_winreg = {
    .name = "WINREG",
    .about = "The registry of another computer (MS-RRP).",
    /* 338cd001-2244-31f1-aaaa-900038001003 */
    .uuid = {0x01, 0xd0, 0x8c, 0x33, 0x44, 0x22, 0xf1, 0x31, 0xaa, 0xaa, 0x90, 0x00, 0x38, 0x00, 0x10, 0x03},
    .protocol = PROTO_WINREG,
    .ending = RPCIF_WIN32,
    .pipe = "winreg",
    .call = call,
};
