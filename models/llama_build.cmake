# Read by CMake right after llama-cpp-python's own project(): leaves out what we do not use. The CLI helpers (common) and
# the vision tower are about half of the build; versioned sonames make a wheel carry every library three times.
set(LLAMA_BUILD_COMMON OFF)
set(LLAVA_BUILD OFF)
# Nobody else's machine computes for us, whatever CMAKE_ARGS says; llama.cpp still takes the old name for the new one.
set(GGML_RPC OFF CACHE BOOL "" FORCE)
set(LLAMA_RPC OFF CACHE BOOL "" FORCE)
set(CMAKE_PLATFORM_NO_VERSIONED_SONAME ON)
