/* detect/svcimage.c - tells suspicious service command lines from ordinary ones. */
#include "detect/svcimage.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    char l = str_lower_char(c);
    return l >= 'a' && l <= 'z';
}

static bool is_vowel(char c)
{
    char l = str_lower_char(c);
    return l == 'a' || l == 'e' || l == 'i' || l == 'o' || l == 'u' || l == 'y';
}

/* ---- parts of a command line ---- */

struct str svcimage_program(struct str image)
{
    struct str s = str_trim(image);
    if (str_starts(s, STR("\""))) {
        s = str_from(s, 1);
        ptrdiff_t end = str_chr(s, '"');
        return end >= 0 ? str_sub(s, 0, (size_t)end) : s;
    }
    static const char *const kinds[] = {".exe", ".sys", ".bat", ".cmd", ".com", ".dll"};
    ptrdiff_t blank = str_chr(s, ' ');
    struct str first = blank >= 0 ? str_sub(s, 0, (size_t)blank) : s;
    size_t end = first.n; /* a path with blanks goes on to the first name of a program */
    bool found = str_eqi(first, STR("%COMSPEC%")) || str_chr(first, '\\') < 0;
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds && !found; i++)
        found = str_endsi(first, str_of(kinds[i]));
    for (size_t at = first.n; at + 4 <= s.n && !found; at++)
        for (unsigned i = 0; i < sizeof kinds / sizeof *kinds && !found; i++)
            if (str_startsi(str_from(s, at), str_of(kinds[i])) && (at + 4 == s.n || s.p[at + 4] == ' ')) {
                found = true;
                end = at + 4;
            }
    return str_sub(s, 0, end);
}

static struct str base_name(struct str path)
{
    ptrdiff_t slash = str_rchr(path, '\\'), other = str_rchr(path, '/');
    ptrdiff_t last = slash > other ? slash : other;
    return last >= 0 ? str_from(path, (size_t)last + 1) : path;
}

struct str svcimage_stem(struct str path)
{
    struct str base = base_name(path);
    ptrdiff_t dot = str_rchr(base, '.');
    return dot > 0 ? str_sub(base, 0, (size_t)dot) : base;
}

/* The folder of the program, without the last separator; absent when it names none. */
static struct str folder(struct str program)
{
    ptrdiff_t slash = str_rchr(program, '\\');
    return slash >= 0 ? str_sub(program, 0, (size_t)slash) : STR_NONE;
}

static bool among(struct str s, const char *const *list)
{
    for (; *list; list++)
        if (str_eqi(s, str_of(*list)))
            return true;
    return false;
}

static bool contains(struct str s, const char *const *list)
{
    for (; *list; list++)
        if (str_hasi(s, str_of(*list)))
            return true;
    return false;
}

/* ---- randomness ---- */

/* Groups of consonants that begin, join or end English words and common abbreviations. */
static bool plausible_pair(char a, char b)
{
    static const char *const after[26] = {['b' - 'a'] = "blrsty",
                                          ['c' - 'a'] = "chklrtsc",
                                          ['d' - 'a'] = "dglmnrsvwt",
                                          ['f' - 'a'] = "flrts",
                                          ['g' - 'a'] = "ghlmnrst",
                                          ['h' - 'a'] = "hmlnrtw",
                                          ['j' - 'a'] = "",
                                          ['k' - 'a'] = "lnrsk",
                                          ['l' - 'a'] = "bcdfgklmnpstv",
                                          ['m' - 'a'] = "bmnpst",
                                          ['n' - 'a'] = "bcdfghjklmnpqrstvwxz",
                                          ['p' - 'a'] = "chlprst",
                                          ['q' - 'a'] = "ls",
                                          ['r' - 'a'] = "bcdfghklmnprstvw",
                                          ['s' - 'a'] = "chklmnpqrstvw",
                                          ['t' - 'a'] = "chlmnprstw",
                                          ['v' - 'a'] = "cmsr",
                                          ['w' - 'a'] = "dhklmnrs",
                                          ['x' - 'a'] = "cpt",
                                          ['z' - 'a'] = "z"};
    const char *p = after[str_lower_char(a) - 'a'];
    return p && memchr(p, str_lower_char(b), strlen(p)) != NULL;
}

static unsigned odd_pairs(struct str s)
{
    unsigned odd = 0;
    for (size_t i = 1; i < s.n; i++)
        if (is_letter(s.p[i - 1]) && is_letter(s.p[i]) && !is_vowel(s.p[i - 1]) && !is_vowel(s.p[i]) && (is_upper(s.p[i - 1]) || !is_upper(s.p[i])))
            odd += !plausible_pair(s.p[i - 1], s.p[i]);
    return odd;
}

/* Pieces between changes of case that no CamelCase word would have: no vowel, or one letter. */
static unsigned odd_pieces(struct str s)
{
    unsigned odd = 0, length = 0, vowels = 0;
    for (size_t i = 0; i <= s.n; i++) {
        bool cut = i == s.n || (i > 0 && is_upper(s.p[i]) && is_letter(s.p[i - 1]) && !is_upper(s.p[i - 1]));
        if (cut) {
            odd += length > 0 && (vowels == 0 || length == 1);
            length = vowels = 0;
        }
        if (i < s.n) {
            length++;
            vowels += is_vowel(s.p[i]);
        }
    }
    return odd;
}

bool svcimage_random(struct str name)
{
    bool upper = false, lower = false;
    if (name.n < 4 || name.n > 32)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        if (!is_letter(name.p[i]) && !(name.p[i] >= '0' && name.p[i] <= '9'))
            return false;
        upper = upper || is_upper(name.p[i]);
        lower = lower || (is_letter(name.p[i]) && !is_upper(name.p[i]));
    }
    unsigned odd = odd_pairs(name);
    if (upper && lower && name.n >= 6)
        return odd_pieces(name) + odd >= 3;
    return name.n >= 6 ? odd >= 2 && odd * 5 >= name.n : false;
}

/* ---- verdicts ---- */

static bool hex_or_encoded(struct str image)
{
    static const char *const marks[] = {
        " -e ", " -ec ", " -en ", " -enc ", " -enco", "-encodedcommand", "/encodedcommand", " /enc ", "frombase64string", "gzipstream", NULL};
    return str_hasi(image, STR("powershell")) && contains(image, marks);
}

static bool interpreter(struct str program)
{
    static const char *const names[] = {"cmd",      "powershell", "pwsh",      "mshta", "wscript", "cscript",
                                        "regsvr32", "certutil",   "bitsadmin", "wmic",  NULL};
    return str_eqi(program, STR("%COMSPEC%")) || among(svcimage_stem(program), names);
}

static bool temporary(struct str program)
{
    static const char *const marks[] = {"\\temp\\",
                                        "\\tmp\\",
                                        "%temp%",
                                        "%tmp%",
                                        "\\appdata\\",
                                        "%appdata%",
                                        "%localappdata%",
                                        "\\users\\public\\",
                                        "%public%",
                                        "\\downloads\\",
                                        "\\perflogs\\",
                                        "\\$recycle.bin\\",
                                        "\\windows\\tasks\\",
                                        "\\windows\\debug\\",
                                        NULL};
    return contains(program, marks);
}

static bool remote_tool(struct str service, struct str program)
{
    static const char *const names[] = {"PSEXESVC", "PAExec", "winexesvc", "RemComSvc", "RemCom_Service", "csexecsvc", "xCmdSvc", NULL};
    return among(service, names) || among(svcimage_stem(program), names);
}

static bool windows_folder(struct str dir)
{
    static const char *const names[] = {"%SystemRoot%", "%windir%", "C:\\Windows", "\\SystemRoot", "C:\\WINNT", "C:", "%SystemDrive%", NULL};
    return among(dir, names);
}

static bool driver(struct str program)
{
    return str_endsi(program, STR(".sys"));
}

const char *svcimage_suspicious(struct str service, struct str image)
{
    struct str program = svcimage_program(image), dir = folder(program);
    if (!str_set(image) || image.n == 0)
        return NULL;
    if (hex_or_encoded(image))
        return "runs an encoded PowerShell command";
    if (str_hasi(image, STR("\\\\.\\pipe\\")))
        return "writes to a named pipe";
    if (interpreter(program))
        return "runs a command interpreter";
    if (str_starts(program, STR("\\\\")) && !str_starts(program, STR("\\\\?\\")))
        return "is on a network share";
    if (remote_tool(service, program))
        return "is that of a remote execution tool";
    if (temporary(program))
        return "is in a folder for temporary or users' files";
    if (driver(program))
        return NULL;
    if (!str_set(dir))
        return str_has(program, STR("%")) ? NULL : "names a program without a folder";
    if (windows_folder(dir) && (svcimage_random(svcimage_stem(program)) || svcimage_random(service)))
        return "is a program of random name directly in the Windows folder";
    return svcimage_random(svcimage_stem(program)) && svcimage_random(service) ? "and the service's name are random letters" : NULL;
}

static bool letters(struct str s, size_t least, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_letter(s.p[i]))
            return false;
    return s.n >= least && s.n <= most;
}

/* cmd.exe /c echo NAME > \\.\pipe\NAME, the service's own name twice: named pipe impersonation. */
static bool pipe_echo(struct str service, struct str image)
{
    ptrdiff_t pipe = str_findi(image, STR("\\\\.\\pipe\\"));
    if (pipe < 0 || !str_hasi(image, STR("/c echo ")) || !letters(service, 4, 16))
        return false;
    return str_eqi(str_trim(str_from(image, (size_t)pipe + 9)), service);
}

const char *svcimage_metasploit(struct str service, struct str image)
{
    struct str program = svcimage_program(image), dir = folder(program);
    if (pipe_echo(service, image))
        return "echoes the service's own name into a named pipe";
    if (!letters(service, 4, 20))
        return NULL;
    if (str_startsi(image, STR("%COMSPEC% /b /c start")))
        return "starts a hidden command through %COMSPEC% /b /c start";
    if (!str_endsi(program, STR(".exe")) || !letters(svcimage_stem(program), 4, 16))
        return NULL;
    bool both = svcimage_random(service) && svcimage_random(svcimage_stem(program));
    if (str_starts(program, STR("\\\\")) && str_hasi(dir, STR("\\ADMIN$")) && (both || str_startsi(program, STR("\\\\127.0.0.1\\"))))
        return "is a program of random name on the ADMIN$ share";
    /* names of eight letters are too short to tell from words by themselves; a long service name beside them is not */
    both = both || (svcimage_random(service) && service.n >= 8 && svcimage_stem(program).n == 8);
    return windows_folder(dir) && both ? "is a program of random name directly in the Windows folder" : NULL;
}
