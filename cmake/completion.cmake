# Completion for bash, zsh and fish, printed by the program and installed where these look for it.
set(COMPLETION ${CMAKE_BINARY_DIR}/completion)
set(COMPLETION_bash ${COMPLETION}/parley)
set(COMPLETION_zsh ${COMPLETION}/_parley)
set(COMPLETION_fish ${COMPLETION}/parley.fish)
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${COMPLETION_${shell}} DEPENDS parley VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${COMPLETION}
    COMMAND parley completion ${shell} > ${COMPLETION_${shell}})
endforeach()
add_custom_target(completion ALL DEPENDS ${COMPLETION_bash} ${COMPLETION_zsh} ${COMPLETION_fish})
install(FILES ${COMPLETION_bash} DESTINATION share/bash-completion/completions OPTIONAL)
install(FILES ${COMPLETION_zsh} DESTINATION share/zsh/site-functions OPTIONAL)
install(FILES ${COMPLETION_fish} DESTINATION share/fish/vendor_completions.d OPTIONAL)
