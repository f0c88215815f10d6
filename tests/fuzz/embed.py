"""Prints the flags that a C program needs to embed this Python."""

import sysconfig

if __name__ == "__main__":
    get = sysconfig.get_config_var
    library = get("LIBDIR")
    print(
        f"-I{sysconfig.get_path('include')} -L{library} -Wl,-rpath,{library}"
        f" -lpython{get('LDVERSION')} {get('LIBS')} {get('SYSLIBS')}"
    )
