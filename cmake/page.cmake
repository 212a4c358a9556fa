# The page of `parley serve`: npm and esbuild bundle ui/ inside the build folder, and it is packed into one C file.
# Without node and npm (Debian's nodejs 18 will do) src/serve/no_page.c stands in, and the program serves answers only.
option(PARLEY_PAGE "bundle the page of `parley serve` (needs node and npm)" ON)
if(NOT PARLEY_PAGE)
  return()
endif()
find_program(PARLEY_NODE NAMES node nodejs)
find_program(PARLEY_NPM npm)
set(node_version 0)
if(PARLEY_NODE)
  execute_process(COMMAND ${PARLEY_NODE} --version OUTPUT_VARIABLE node_version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  string(REGEX REPLACE "^v" "" node_version "${node_version}")
endif()
if(NOT PARLEY_NPM OR node_version VERSION_LESS 18)
  message(WARNING "node 18 and npm were not found: parley serve is built without its page")
  return()
endif()

set(UI ${CMAKE_SOURCE_DIR}/ui)
set(PAGE ${CMAKE_BINARY_DIR}/page)
file(GLOB UI_FILES CONFIGURE_DEPENDS ${UI}/*.mjs ${UI}/*.html ${UI}/src/*)
add_custom_command(OUTPUT ${PAGE}/modules.done DEPENDS ${UI}/package.json ${UI}/package-lock.json VERBATIM
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PAGE}
  COMMAND ${CMAKE_COMMAND} -E copy ${UI}/package.json ${UI}/package-lock.json ${PAGE}
  COMMAND sh -c "cd \"$1\" && \"$2\" ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --loglevel=error || { echo \"$3\" >&2; exit 1; }" sh
    ${PAGE} ${PARLEY_NPM} "npm could not fetch the packages of the page; cmake -DPARLEY_PAGE=OFF builds without it"
  COMMAND ${CMAKE_COMMAND} -E touch ${PAGE}/modules.done
  COMMENT "Fetching the page's packages")
add_custom_command(OUTPUT ${PAGE}/page.c DEPENDS ${PAGE}/modules.done ${UI_FILES} VERBATIM
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${PAGE}/dist
  COMMAND ${PARLEY_NODE} ${UI}/build.mjs ${PAGE}/dist ${PAGE}/node_modules
  COMMAND ${PARLEY_NODE} ${UI}/embed.mjs ${PAGE}/dist ${PAGE}/page.c
  COMMENT "Bundling the page")
target_sources(parley_library PRIVATE ${PAGE}/page.c)
set_source_files_properties(src/serve/no_page.c PROPERTIES COMPILE_DEFINITIONS PL_PAGE)
